using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Orchestrations.Activities;

/// <summary>One look at a deployment that is not paid for, or was not.</summary>
public sealed class DunningActivities(DeploymentStore deployments, OwnSubscriptions subscriptions, LadderSteps steps, LadderRelease release)
{
    /// <summary>Does what is due. The provider is asked first: who has paid meanwhile is not suspended for want of an event.</summary>
    /// <returns>When to look again, UTC; null when nothing is left to be done.</returns>
    [Function(nameof(ClimbLadder))]
    public async Task<DateTime?> ClimbLadder(
        [ActivityTrigger] OperationTarget input, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        if (await deployments.FindAsync(input.Account, input.Deployment, ct) is not { Ladder: not null } seen)
        {
            return null;
        }

        var deployment = await subscriptions.JudgeAsync(seen, ct);
        return deployment switch
        {
            { Ladder: null } => null,
            { Status: DeploymentStatus.Terminated } or { Ladder.IsOver: true } => await release.GoAsync(client, input, deployment, ct),
            _ => await steps.GoAsync(client, input, deployment, ct),
        };
    }
}

/// <summary>Asks about what pays for a deployment.</summary>
public sealed class OwnSubscriptions(Subscriptions subscriptions, Arrears arrears)
{
    public async Task<Deployment> JudgeAsync(Deployment deployment, CancellationToken ct) => deployment.Subscription is { } own
        ? await arrears.JudgeAsync(await subscriptions.AskAsync(deployment.Account, deployment.Id, own, ct), ct)
        : deployment;
}

/// <summary>Up the ladder. A step that takes an operation is done when the deployment is as it leaves it, whoever brought that about.</summary>
public sealed class LadderSteps(LadderLog log, DunningOperations operations, BackupStore backups, TimeProvider clock)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <param name="client">Of the engine.</param>
    /// <param name="target">The operation that may be begun: the same when the caller runs again.</param>
    /// <param name="deployment">With its ladder.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>When to look again, UTC; null when there is no ladder any more.</returns>
    public async Task<DateTime?> GoAsync(DurableTaskClient client, OperationTarget target, Deployment deployment, CancellationToken ct)
    {
        while (deployment.Ladder is { IsOver: false } ladder)
        {
            var now = clock.GetUtcNow().UtcDateTime;
            if (ladder.Next is not { } step || step.At.UtcDateTime > now)
            {
                return ladder.Next?.At.UtcDateTime is { } due && due < now + Day ? due : now + Day;
            }

            if (step.Kind is LadderStepKind.Suspended && !ladder.Holds)
            {
                deployment = await log.HoldAsync(deployment, ct);
                continue;
            }

            if (!await IsDoneAsync(deployment, step, ct))
            {
                await BeginAsync(client, target, deployment, step, ct);
                return now + (step.Kind is LadderStepKind.Deleted ? Later : Soon);
            }

            deployment = await log.DoneAsync(deployment, step, ct);
        }

        return deployment.Ladder is null ? null : clock.GetUtcNow().UtcDateTime + Soon;
    }

    private async Task<bool> IsDoneAsync(Deployment deployment, LadderStep step, CancellationToken ct) => step.Kind switch
    {
        LadderStepKind.Suspended => deployment.Operation is null && OperationKind.Suspend.Definition().Refuse(deployment) is not null,
        LadderStepKind.FinalBackup => !deployment.HasData
            || (await backups.NewestAsync(deployment.Id, ct))?.At >= Suspended(deployment)?.DoneAt,
        LadderStepKind.Deleted => false,
        _ => true,
    };

    private async Task BeginAsync(
        DurableTaskClient client, OperationTarget target, Deployment deployment, LadderStep step, CancellationToken ct)
    {
        if (deployment.Operation is { Id: var held } && held != target.Operation)
        {
            return;
        }

        if (step.TriedAt is not null)
        {
            await log.PutOffAsync(deployment, step, Patience(step), ct);
        }
        else if (await operations.TryBeginAsync(client, target, deployment, Kind(step.Kind), ct))
        {
            await log.TriedAsync(deployment, step, ct);
        }
    }

    /// <summary>A deletion that was taken back gives its owner another day to pay.</summary>
    private static TimeSpan Patience(LadderStep step) => step.Kind is LadderStepKind.Deleted ? Day
        : TimeSpan.FromMinutes(Math.Pow(2, Math.Min(step.Tries, 8)));

    private static LadderStep? Suspended(Deployment deployment) =>
        deployment.Ladder!.Steps.FirstOrDefault(step => step.Kind is LadderStepKind.Suspended);

    private static OperationKind Kind(LadderStepKind step) => step switch
    {
        LadderStepKind.Suspended => OperationKind.Suspend,
        LadderStepKind.FinalBackup => OperationKind.Backup,
        _ => OperationKind.Terminate,
    };
}

/// <summary>Down the ladder again: what it did is taken back, and the bot runs if it did before.</summary>
public sealed class LadderRelease(LadderLog log, DunningOperations operations, TimeProvider clock)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(5);

    /// <inheritdoc cref="LadderSteps.GoAsync"/>
    public async Task<DateTime?> GoAsync(DurableTaskClient client, OperationTarget target, Deployment deployment, CancellationToken ct)
    {
        if (Arrears.IsBeingDeleted(deployment))
        {
            await operations.TakeBackAsync(client, deployment, ct);
        }
        else if (deployment.Operation is null || deployment.Operation.Id == target.Operation)
        {
            if (deployment is not { Status: DeploymentStatus.Suspended, Ladder.Resumes: true })
            {
                await log.EndAsync(deployment, ct);
                return null;
            }

            var begun = await operations.TryBeginAsync(client, target, deployment, OperationKind.Resume, ct);
            return clock.GetUtcNow().UtcDateTime + (begun ? Later : Soon);
        }

        return clock.GetUtcNow().UtcDateTime + Soon;
    }
}

/// <summary>What a ladder has done: by the operations that people ask for too, so that they are seen, stopped and healed like these.</summary>
public sealed class DunningOperations(Taking taking, DeploymentStore deployments)
{
    /// <summary>False when somebody else is at it, or it is not possible now: whoever looks again tries again.</summary>
    public async Task<bool> TryBeginAsync(
        DurableTaskClient client, OperationTarget target, Deployment deployment, OperationKind kind, CancellationToken ct)
    {
        var typed = kind is OperationKind.Backup ? nameof(BackupReason.Deletion) : null;
        var taken = await taking.TakeAsync(
            target, kind, Arrears.Actor, typed,
            now => now.Operation is null && now.Ladder?.IsOver == deployment.Ladder!.IsOver && kind.Definition().Refuse(now) is null, ct);
        if (taken is not { } begun)
        {
            return false;
        }

        await client.StartSagaAsync(begun.Deployment, begun.Operation, ct);
        return true;
    }

    public async Task TakeBackAsync(DurableTaskClient client, Deployment deployment, CancellationToken ct)
    {
        var decided = await deployments.ChangeAsync(
            deployment.Account, deployment.Id,
            now => Arrears.IsBeingDeleted(now) ? now with { Operation = now.Operation! with { Decision = UndoDecision.TakenBack } } : null, ct);
        if (decided.Operation is { Decision: UndoDecision.TakenBack, Id: var deletion })
        {
            await client.WakeAsync(deletion, Terminate.Decision, ct);
        }
    }
}

public static class DunningCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<DateTime?> ClimbLadder(OperationTarget input) =>
            context.CallActivityAsync<DateTime?>(nameof(DunningActivities.ClimbLadder), input, Retry.Machine);
    }
}
