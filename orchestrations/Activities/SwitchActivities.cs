using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Options;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <param name="Of">The version that is given up.</param>
public sealed record ReturnVolumeInput(BotInput Bot, DataChoice Data, int Of);

/// <summary>One version out of its place and another in: what keeps the data, and what brings the last known good back. Going back asks
/// nobody's leave but the operation's that holds the deployment: a person who cancels it wants just that.</summary>
public sealed class SwitchActivities(ConfigVersionStore versions, BotMachine machine, Bots bots, StepLog steps)
{
    private const int HealthWaitSeconds = 30;
    private const int Waits = 6;

    [Function(nameof(KeepVolume))]
    public Task KeepVolume([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Switch, null, async deployment =>
        {
            var kept = await machine.RunAsync<VolumeRequest, VolumeResult>(
                input, VmVerb.Volume, new(input.Deployment, VolumeAction.Keep, Of: deployment.ActiveVersion), ct);
            return $"{kept.UsedMb} MB kept in {kept.Ms} ms.";
        }, ct);

    /// <summary>The data that the version left behind takes the place of what is there now, which is kept.</summary>
    [Function(nameof(ExchangeVolume))]
    public Task ExchangeVolume([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Switch, null, async deployment =>
        {
            var found = await machine.RunAsync<VolumeRequest, VolumeResult>(
                input, VmVerb.Volume,
                new(input.Deployment, VolumeAction.Exchange, Of: deployment.ActiveVersion, Kept: input.Version), ct);
            return $"The {found.UsedMb} MB that version {input.Version} left behind; what was there now is kept.";
        }, ct);

    [Function(nameof(ReturnVolume))]
    public Task ReturnVolume([ActivityTrigger] ReturnVolumeInput input, CancellationToken ct) =>
        steps.RunAsync(input.Bot, Steps.ReturnData, null, async _ =>
        {
            var returned = await machine.RunAsync<VolumeRequest, VolumeResult>(
                input.Bot, VmVerb.Volume,
                new(input.Bot.Deployment, VolumeAction.Return, Of: input.Of, Kept: input.Bot.Version), ct);
            return $"{returned.UsedMb} MB.";
        }, ct);

    /// <summary>Up, ready and at its address again, in one step: whoever waits for it waits once.</summary>
    [Function(nameof(ReturnBot))]
    public Task ReturnBot([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.ReturnBot, "The last known good version starts.", async deployment =>
        {
            var version = await versions.GetAsync(input.Deployment, input.Version, ct);
            await machine.RunAsync<ApplyRequest, ApplyResult>(input, VmVerb.Apply, await bots.SpecAsync(deployment, version, ct), ct);
            for (var wait = 0; wait < Waits; wait++)
            {
                var health = await machine.RunAsync<HealthRequest, HealthResult>(
                    input, VmVerb.Health, new(input.Deployment, HealthWaitSeconds), ct);
                if (health.Ready)
                {
                    return $"Version {input.Version} is ready.";
                }
            }

            throw new PermanentException("never-ready", $"Version {input.Version} did not come back in time.");
        }, ct);
}

/// <summary>A version in its place, watched until it is believed.</summary>
public sealed class WatchActivities(BotMachine machine, LastWords words, StepLog steps, IOptions<RolloutOptions> options)
{
    private const int RestartsMax = 3;
    private const int StartWaitSeconds = 20;
    private const int HealthWaitSeconds = 30;

    /// <summary>True once the bot says that it is ready.</summary>
    [Function(nameof(CheckBot))]
    public Task<bool> CheckBot([ActivityTrigger] CheckBotInput input, CancellationToken ct) =>
        steps.PollAsync(input.Bot, Steps.Health, "The bot is starting up.", async _ =>
        {
            var health = await machine.RunAsync<HealthRequest, HealthResult>(
                input.Bot, VmVerb.Health, new(input.Bot.Deployment, StartWaitSeconds), ct);
            var crashed = health.Restarts > RestartsMax || (!health.Running && health.ExitCode is not null);
            if (!health.Ready && (input.Last || crashed))
            {
                throw new PermanentException("never-ready", $"The bot did not become ready. {await words.TellAsync(input.Bot.Deployment, health, ct)}");
            }

            return (health.Ready, health.Ready ? "The bot answers that it is ready." : LastWords.Tell(health), health.Ready);
        }, ct);

    /// <summary>A bot that is ready has to stay so, or the version is not believed. The window begins with its start: one that fails at its
    /// end was away, with the boot of the last known good, for little more than a window and a boot.</summary>
    [Function(nameof(HoldReady))]
    public Task HoldReady([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Hold, "A version that is going to fail mostly does so at once.", async _ =>
        {
            var window = options.Value.HealthWindow;
            var health = await machine.RunAsync<HealthRequest, HealthResult>(
                input, VmVerb.Health, new(input.Deployment, HealthWaitSeconds, CandidateActivities.HoldSeconds(window), FromStart: true), ct);
            return health is { Ready: true, Restarts: 0 }
                ? $"Ready to the end of {window.TotalSeconds:0} s."
                : throw new PermanentException("never-ready", $"The bot did not stay ready. {await words.TellAsync(input.Deployment, health, ct)}");
        }, ct);
}

public static class SwitchCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task KeepVolume(BotInput bot) => context.CallActivityAsync(nameof(SwitchActivities.KeepVolume), bot, Retry.Machine);

        public Task ExchangeVolume(BotInput bot) =>
            context.CallActivityAsync(nameof(SwitchActivities.ExchangeVolume), bot, Retry.Machine);

        public Task StaysReady(BotInput bot) => context.CallActivityAsync(nameof(WatchActivities.HoldReady), bot, Retry.Machine);

        /// <summary>Nothing when the data shall stay as it is now.</summary>
        public Task ReturnVolume(ReturnVolumeInput input) => input.Data is DataChoice.AsAtSwitch
            ? context.CallActivityAsync(nameof(SwitchActivities.ReturnVolume), input, Retry.Undo)
            : Task.CompletedTask;

        public Task ReturnBot(BotInput bot) => context.CallActivityAsync(nameof(SwitchActivities.ReturnBot), bot, Retry.Undo);
    }
}
