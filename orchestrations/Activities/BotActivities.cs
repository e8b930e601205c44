using System.Text.Json.Serialization;
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
/// <param name="Overwrites">True to put back what the bot made of its files.</param>
/// <param name="Revives">True to restart a bot that runs and does not answer.</param>
public sealed record BotInput(
    string Operation, string Account, string Deployment, Tier Tier, string Vm, int Version, DateTime Deadline = default,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Overwrites = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Revives = false)
    : OperationTarget(Operation, Account, Deployment);

/// <summary>Brings a bot up. Everything is converged, so a lost machine program, file or network is put right on the way.</summary>
public sealed class BotActivities(ConfigVersionStore versions, Bots bots, OwedData owed, MachineJobs machine)
{
    /// <summary>By then a bot has started, or never will.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(3);

    /// <summary>Storage, network, secrets, config, image, container and the machine's own route, in one job. Nobody knows the route's name
    /// before it is published.</summary>
    [Function(nameof(BringUp))]
    public Task<Unfinished?> BringUp([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        machine.FollowAsync(
            look, look.Of, [Steps.Configure, Steps.Pull, Steps.Start],
            (deployment, job, people) => deployment.OwesData ? owed.ReturnAsync(deployment, job, ct) : job.RunAsync(
                VmVerb.Apply,
                async () => (await bots.SpecAsync(deployment, await versions.GetAsync(deployment.Id, look.Of.Version, ct), ct)) with
                {
                    Overwrites = look.Of.Overwrites,
                    ReviveAfterSeconds = look.Of.Revives ? (int)StartMax.TotalSeconds : null,
                },
                (ApplyResult _) => Task.FromResult(Looked.Done()), ct, new MachineSteps(people)),
            ct);

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

/// <summary>The data of the version that is brought up, where those of a change that failed are in their place.</summary>
public sealed class OwedData(DeploymentStore deployments)
{
    private const int Stage = 1;

    /// <summary>What is there instead is kept.</summary>
    public Task<Looked> ReturnAsync(Deployment deployment, MachineJob job, CancellationToken ct) => job.At(Stage).RunAsync(
        VmVerb.Volume, () => Task.FromResult(new VolumeRequest(deployment.Id, VolumeAction.Return, Kept: deployment.ActiveVersion)),
        async (VolumeResult _) =>
        {
            await deployments.ChangeAsync(
                deployment.Account, deployment.Id,
                now => DeploymentStore.HeldBy(now, deployment.Operation!.Id).OwesData ? now with { OwesData = false } : null, ct);
            return Looked.Then(0, "The data that a change had left elsewhere are back.");
        }, ct);
}

public static class BotCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task BringUp(BotInput input) => context.Finish(nameof(BotActivities.BringUp), input, Retry.Machine);

        /// <summary>Looks until the bot is ready or time is up.</summary>
        public Task BecomesReady(BotInput input) =>
            context.Finish(nameof(WatchActivities.CheckBot), input, Retry.Machine, input.Deadline);
    }
}
