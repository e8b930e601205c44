using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Activities;

/// <summary>What follows from the write that ended an operation: what becomes of the versions, the last step, the operation's own row, and
/// whoever has to be called. All of it is derived from that write, may be done again, and is taken up by the sweep where it was left.
/// Nothing here can undo what the operation did.</summary>
public sealed class Closing(DeploymentStore deployments, OperationStore operations, Outcomes outcomes, VmStore vms)
{
    /// <summary>True when the operation succeeded.</summary>
    public async Task<bool> CloseAsync(OperationTarget target, CancellationToken ct)
    {
        var deployment = await deployments.GetAsync(target.Account, target.Deployment, ct);
        if (deployment.Ending?.Operation == target.Operation)
        {
            return await CloseAsync(deployment, ct);
        }

        if (deployment.Operation?.Id != target.Operation
            && await operations.FindAsync(target.Account, target.Operation, ct) is { IsFinished: false } taken)
        {
            // Another operation has the deployment, and nothing but the word about this one is left to be said.
            await outcomes.FailAsync(taken, new([]), new NotHeldException(), ct);
        }

        return await operations.FindAsync(target.Account, target.Operation, ct) is { Status: OperationStatus.Succeeded };
    }

    /// <param name="deployment">With the ending that there is to close.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<bool> CloseAsync(Deployment deployment, CancellationToken ct)
    {
        var ending = deployment.Ending!;
        operations.Remember(new(ending.Operation, deployment.Account, deployment.Id));
        var trail = new StepTrail(await operations.StepsAsync(ending.Operation, ct), ending.NotUndone);
        await outcomes.SettleAsync(deployment, ending, trail, ct);
        if (ending.LeftVm is { } left)
        {
            await vms.LeaveAsync(left, deployment.Id, ct);
        }

        if (await operations.FindAsync(deployment.Account, ending.Operation, ct) is { } operation)
        {
            await (ending.Succeeded
                ? outcomes.SucceedAsync(operation, deployment, ending, ct)
                : outcomes.FailAsync(operation, trail, ending.Cancelled && trail.Failed is null ? DeploymentStore.Cancelled() : null, ct));
        }

        await deployments.ChangeAsync(
            deployment.Account, deployment.Id,
            current => current.Ending?.Operation == ending.Operation ? current with { Ending = null } : null, ct);
        return ending.Succeeded;
    }
}

/// <summary>All that becomes of a bot and of what people read when an operation has ended.</summary>
public sealed class Outcomes(VersionOutcomes versions, OperationOutcomes operations, BackupClocks clocks, NextBackups next)
{
    /// <summary>Of its versions and its backups: a bot that has data has a clock, and one that is deleted has it until nothing is left.</summary>
    public async Task SettleAsync(Deployment deployment, Ending ending, StepTrail trail, CancellationToken ct)
    {
        await versions.SettleAsync(deployment, ending, trail, ct);
        if (deployment is { Status: not DeploymentStatus.Terminated, ActiveVersion: not null })
        {
            await clocks.EnsureAsync(deployment.Account, deployment.Id, ct);
        }
        else if (deployment.Status is DeploymentStatus.Terminated)
        {
            await clocks.ChangeAsync(deployment.Id, known => known is null ? null : next.Ended(known), ct);
        }
    }

    public Task SucceedAsync(Operation operation, Deployment deployment, Ending ending, CancellationToken ct) =>
        operations.SucceedAsync(operation, deployment, ending, ct);

    public Task FailAsync(Operation operation, StepTrail trail, PermanentException? cause, CancellationToken ct) =>
        operations.FailAsync(operation, trail, cause, ct);
}

/// <summary>What becomes of the versions that an operation brought up, left or could not bring up.</summary>
public sealed class VersionOutcomes(ConfigVersionStore versions, OperationStore operations, PlanRoom room, BotSecrets secrets)
{
    public async Task SettleAsync(Deployment deployment, Ending ending, StepTrail trail, CancellationToken ct)
    {
        if (!ending.Succeeded)
        {
            await FailAsync(deployment.Id, trail.Failed, ct);
            if (await operations.FindAsync(deployment.Account, ending.Operation, ct) is { } operation)
            {
                await secrets.UnstageAsync(deployment.Id, operation.Kind.Definition().Staged(operation), ct);
            }

            return;
        }

        if (ending.Left is { } left)
        {
            // One that moved left the data of the version before behind, and so cannot go back to it; that says nothing about it.
            var isTrusted = deployment.PreviousGood == left || ending.LeftVm is not null;
            await versions.MarkAsync(
                deployment.Id, left, isTrusted ? ConfigVersionStatus.Superseded : ConfigVersionStatus.Failed, ct,
                isTrusted ? null : "It kept ending.");
            if (deployment.Vm is { } vm)
            {
                // A smaller plan needs less of the machine from now on.
                await room.SettleAsync(vm, deployment.Id, Plan.Get(deployment.Plan), ct);
            }
        }

        if (deployment is { Status: DeploymentStatus.Running, ActiveVersion: { } active })
        {
            await secrets.PromoteAsync(deployment.Id, (await versions.GetAsync(deployment.Id, active, ct)).State.Secrets, ct);
            await versions.ActivateAsync(deployment.Id, active, trail.Began(Steps.Health) ? trail.BootMs : null, ct);
        }
    }

    /// <summary>A version that was written and did not come to run is remembered as failed, with why.</summary>
    private async Task FailAsync(string deployment, OperationStep? failed, CancellationToken ct)
    {
        if (await versions.NewestAsync(deployment, ct) is { Status: ConfigVersionStatus.Pending } pending)
        {
            await versions.MarkAsync(
                deployment, pending.Number, ConfigVersionStatus.Failed, ct, failed is null ? null : $"{failed.Name}: {failed.Detail}");
        }
    }
}

/// <summary>What people read of an operation that has ended, and who is called when something was left.</summary>
public sealed class OperationOutcomes(OperationStore operations, Bots bots, Pager pager, TimeProvider clock)
{
    public async Task SucceedAsync(Operation operation, Deployment deployment, Ending ending, CancellationToken ct)
    {
        if (deployment is { Status: DeploymentStatus.Running, ActiveVersion: { } active } && operation.Kind.Definition().TouchesBot)
        {
            await operations.StartStepAsync(operation.Id, Steps.Complete, null, ending.At, look: true, ct);
            await operations.EndStepAsync(
                operation.Id, Steps.Complete, StepStatus.Done, 0, $"Config version {active} is active and last known good.", null, ct);
        }

        await operations.SaveAsync(
            operation with
            {
                Status = OperationStatus.Succeeded,
                FinishedAt = operation.FinishedAt ?? ending.At,
                Result = operation.Kind.Definition().Result(deployment, operation, bots.Url(deployment)),
            },
            ct);
    }

    /// <param name="operation">As its row is.</param>
    /// <param name="trail">What its steps say.</param>
    /// <param name="cause">What ended it, where no step says so; null where one does.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task FailAsync(Operation operation, StepTrail trail, PermanentException? cause, CancellationToken ct)
    {
        if (trail.Left.Select(Tell).ToList() is { Count: > 0 } left)
        {
            await pager.RaiseAsync(
                PageKind.SagaFailed, operation.Deployment,
                $"{operation.Kind} could not take back all that it did. Instance: {operation.Id}. {string.Join(' ', left)}", ct);
        }

        var code = cause?.Code ?? trail.Code;
        var words = cause?.Message ?? trail.Failed?.Detail ?? Failure.Of(new InvalidOperationException()).Message;
        await operations.SaveAsync(
            operation with
            {
                Status = OperationStatus.Failed,
                FinishedAt = operation.FinishedAt ?? clock.GetUtcNow(),
                Failure = new(code, words, trail.Failed?.Name ?? "", [.. trail.Undone.Select(Tell)], operation.Kind.Definition().Advice(code)),
            },
            ct);
    }

    private static string Tell(OperationStep step) =>
        step.Status is StepStatus.Done ? step.Title : $"Not yet: {step.Title} ({step.Detail}). The operator has been told.";
}
