using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>A bot on its machine, in the version that is wanted.</summary>
public sealed record BotInput(string Operation, string Account, string Deployment, Tier Tier, string Vm, int Version);

/// <param name="Last">True when there is no time left to look again.</param>
public sealed record CheckBotInput(BotInput Bot, bool Last);

/// <summary>Brings a bot up. Everything is converged, so a lost machine program, file or network is put right on the way.</summary>
public sealed class BotActivities(
    DeploymentStore deployments, ConfigVersionStore versions, VmStore vms, VmAccess access, Bots bots, StepLog steps)
{
    private const int RestartsMax = 3;
    private const int HealthWaitSeconds = 20;

    /// <summary>Storage, network, secrets, config, image, container and the machine's own route, in one conversation with it: each costs
    /// a connection. Nobody knows the route's name before it is published.</summary>
    [Function(nameof(BringUp))]
    public Task BringUp([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.FollowAsync(input.Operation, [Steps.Configure, Steps.Pull, Steps.Start], async progress =>
        {
            var (deployment, version, vm) = await LoadAsync(input, ct);
            await access.RunAsync<ApplyRequest, ApplyResult>(
                vm, VmVerb.Apply, await bots.SpecAsync(deployment, version, ct), new MachineSteps(progress), ct);
        }, ct);

    /// <summary>True once the bot says that it is ready.</summary>
    [Function(nameof(CheckBot))]
    public Task<bool> CheckBot([ActivityTrigger] CheckBotInput input, CancellationToken ct) =>
        steps.PollAsync(input.Bot.Operation, Steps.Health, "The bot is starting up.", async () =>
        {
            var (_, _, vm) = await LoadAsync(input.Bot, ct);
            var health = await access.RunAsync<HealthRequest, HealthResult>(
                vm, VmVerb.Health, new(input.Bot.Deployment, HealthWaitSeconds), ct);
            var crashed = health.Restarts > RestartsMax || (!health.Running && health.ExitCode is not null);
            if (!health.Ready && (input.Last || crashed))
            {
                throw new PermanentException("never-ready", $"The bot did not become ready. {Tell(health)}");
            }

            return (health.Ready, health.Ready ? "The bot answers that it is ready." : Tell(health), health.Ready);
        }, ct);

    private async Task<(Deployment, ConfigVersion, Vm)> LoadAsync(BotInput input, CancellationToken ct) =>
        (await deployments.GetHeldAsync(input.Account, input.Deployment, input.Operation, ct),
            await versions.GetAsync(input.Deployment, input.Version, ct),
            await vms.GetAsync(input.Tier, input.Vm, ct));

    internal static string Tell(HealthResult health) => health switch
    {
        { OomKilled: true } => "It ran out of memory.",
        { Running: false, ExitCode: { } code } => $"It ended with exit code {code} after {health.Restarts} restarts.",
        { Restarts: > 0 } => $"It was restarted {health.Restarts} times.",
        { Running: true } => "It runs and is not ready yet.",
        _ => "It does not run yet.",
    };

    /// <summary>The machine's steps are finer than those that people follow: the last of a group ends the group.</summary>
    private sealed class MachineSteps(IProgress<StepReport> people) : IProgress<VmStep>
    {
        private bool _changed;

        public void Report(VmStep step)
        {
            _changed |= step.State is VmStepState.Done;
            if (step is { Name: VmSteps.Pull, State: VmStepState.Started })
            {
                people.Report(new(Ended: false, "The machine does not have this image yet."));
            }
            else if (step.Name is VmSteps.Secrets or VmSteps.Pull or VmSteps.Route)
            {
                people.Report(new(Ended: true, _changed ? null : "It was so already."));
                _changed = false;
            }
        }
    }
}

public static class BotCalls
{
    private const int ChecksMax = 60;

    extension(TaskOrchestrationContext context)
    {
        public Task BringUp(BotInput input) => context.CallActivityAsync(nameof(BotActivities.BringUp), input, Retry.Machine);

        /// <summary>Looks until the bot is ready or time is up. Each look waits on the machine itself, so there is no pause between
        /// them.</summary>
        public async Task BecomesReady(BotInput input, DateTime deadline)
        {
            for (var check = 1; ; check++)
            {
                var last = check == ChecksMax || context.CurrentUtcDateTime >= deadline;
                if (await context.CallActivityAsync<bool>(nameof(BotActivities.CheckBot), new CheckBotInput(input, last), Retry.Machine))
                {
                    return;
                }
            }
        }
    }
}
