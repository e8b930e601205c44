using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>A version in its place, watched until it is believed.</summary>
public sealed class WatchActivities(ConfigVersionStore versions, Bots bots, BootWatch watch, IOptions<RolloutOptions> options)
{
    private const int RestartsMax = 3;
    private const int StartWaitSeconds = 15;
    private const int HealthWaitSeconds = 30;

    /// <summary>Done once the bot says that it is ready.</summary>
    [Function(nameof(CheckBot))]
    public Task<Unfinished?> CheckBot([ActivityTrigger] Look<BotInput> look, CancellationToken ct) => watch.LookAsync(look, new(
        Steps.Health, "The bot is starting up.", new(look.Of.Deployment, StartWaitSeconds),
        health => health.Ready ? "The bot answers that it is ready." : null,
        health => health.Restarts > RestartsMax || (!health.Running && health.ExitCode is not null),
        new("never-ready", "The bot did not become ready."), deployment => SpecAsync(deployment, look.Of, ct)), ct);

    /// <summary>A bot that is ready has to stay so, or the version is not believed. The window begins with its start: one that fails at its
    /// end was away, with the boot of the last known good, for little more than a window and a boot.</summary>
    [Function(nameof(HoldReady))]
    public Task<Unfinished?> HoldReady([ActivityTrigger] Look<BotInput> look, CancellationToken ct)
    {
        var window = options.Value.HealthWindow;
        return watch.LookAsync(look, new(
            Steps.Hold, "A version that is going to fail mostly does so at once.",
            new(look.Of.Deployment, HealthWaitSeconds, TrialActivities.HoldSeconds(window), FromStart: true),
            health => health is { Ready: true, Restarts: 0 } ? $"Ready to the end of {window.TotalSeconds:0} s." : null,
            _ => true,
            new("never-ready", "The bot did not stay ready."), deployment => SpecAsync(deployment, look.Of, ct)), ct);
    }

    private async Task<ApplyRequest> SpecAsync(Deployment deployment, BotInput bot, CancellationToken ct) =>
        await bots.SpecAsync(deployment, await versions.GetAsync(bot.Deployment, bot.Version, ct), ct);
}

/// <summary>What a bot that was brought up is watched for.</summary>
/// <param name="Step">Whose words people read.</param>
/// <param name="Reason">Why the step takes the time it takes.</param>
/// <param name="Request">What the machine is asked.</param>
/// <param name="Well">What is said of a bot that is as it should be; null for one that is not.</param>
/// <param name="HasFailed">True when there is nothing to wait for any more.</param>
/// <param name="Failure">Its code, and the words that stand before the bot's own last ones.</param>
/// <param name="Again">What it is brought up with after its machine restarted; null where that ends the step.</param>
public sealed record BootCheck(
    Step Step, string Reason, HealthRequest Request, Func<HealthResult, string?> Well, Func<HealthResult, bool> HasFailed,
    (string Code, string Words) Failure, Func<Deployment, Task<ApplyRequest>>? Again = null);

/// <summary>Looks at a bot that was brought up. That its machine restarted says nothing about the bot, which cannot come up by itself after
/// that: what is of use is brought up once more, by every other stage of the step, and what was only tried is not blamed.</summary>
public sealed class BootWatch(MachineJobs machine, LastWords words)
{
    internal const string Again = "Its machine was restarted, so the bot is brought up once more.";

    public Task<Unfinished?> LookAsync(Look<BotInput> look, BootCheck check, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, check.Step, check.Reason, (deployment, job) => look.Stage % 2 == 1 && check.Again is { } again
            ? job.RunAsync(
                VmVerb.Apply, () => again(deployment), (ApplyResult _) => Task.FromResult(Looked.Then(look.Stage + 1, check.Reason)), ct)
            : job.RunAsync(
                VmVerb.Health, () => Task.FromResult(check.Request),
                (HealthResult health) => JudgeAsync(look, check, health, job.IsLast, ct), ct), ct);

    private async Task<Looked> JudgeAsync(Look<BotInput> look, BootCheck check, HealthResult health, bool isLast, CancellationToken ct)
    {
        if (health.MachineRestarted)
        {
            return check.Again is not null && !isLast
                ? Looked.Then(look.Stage + 1, Again)
                : throw new PermanentException("machine-restarted", "The machine was restarted meanwhile, which says nothing about the bot.");
        }

        return check.Well(health) is { } well ? Looked.Done(well)
            : check.HasFailed(health) || isLast ? throw new PermanentException(
                check.Failure.Code, $"{check.Failure.Words} {await words.TellAsync(look.Of.Deployment, health, ct)}")
            : Looked.Then(look.Stage + 2, LastWords.Tell(health));
    }
}
