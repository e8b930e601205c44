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
/// <param name="Deadline">UTC; when waiting for it ends.</param>
public sealed record BotInput(
    string Operation, string Account, string Deployment, Tier Tier, string Vm, int Version, DateTime Deadline = default)
    : OperationTarget(Operation, Account, Deployment);

/// <param name="Last">True when there is no time left to look again.</param>
public sealed record CheckBotInput(BotInput Bot, bool Last);

/// <summary>Brings a bot up. Everything is converged, so a lost machine program, file or network is put right on the way.</summary>
public sealed class BotActivities(ConfigVersionStore versions, BotMachine machine, Bots bots, StepLog steps)
{
    /// <summary>Storage, network, secrets, config, image, container and the machine's own route, in one conversation with it: each costs
    /// a connection. Nobody knows the route's name before it is published.</summary>
    [Function(nameof(BringUp))]
    public Task BringUp([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.FollowAsync(input, [Steps.Configure, Steps.Pull, Steps.Start], async (deployment, progress) =>
        {
            var version = await versions.GetAsync(input.Deployment, input.Version, ct);
            await machine.RunAsync<ApplyRequest, ApplyResult>(
                input, VmVerb.Apply, await bots.SpecAsync(deployment, version, ct), new MachineSteps(progress), ct);
        }, ct);

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
        public async Task BecomesReady(BotInput input)
        {
            for (var check = 1; ; check++)
            {
                var last = check == ChecksMax || context.CurrentUtcDateTime >= input.Deadline;
                if (await context.CallActivityAsync<bool>(nameof(WatchActivities.CheckBot), new CheckBotInput(input, last), Retry.Machine))
                {
                    return;
                }
            }
        }
    }
}
