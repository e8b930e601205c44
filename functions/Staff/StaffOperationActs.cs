using Launchpad.Functions.Access;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Staff;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Staff;

/// <summary>What operators have done with operations, by the way that everybody's wishes go. It stands in the customer's record.</summary>
public sealed class StaffOperationActs(StaffOperationFinder finder, OperationStarter starter, StaffCare care, StaffLog log)
{
    public async Task<StaffBegunView> RetryAsync(DurableTaskClient client, Operator who, string id, CancellationToken ct)
    {
        var (operation, deployment) = await finder.FindAsync(id, ct);
        if (deployment.Operation?.Id == id || deployment.Ending?.Operation == id)
        {
            await log.ActOnAsync(deployment.Id, who, "look-after", new { operation = id }, ct);
            await care.LookAfterAsync(client, deployment, ct);
            return StaffBegunView.Of(id, StaffBegun.Accepted);
        }

        if (StaffOperationViews.WhyNotAgain(operation, deployment) is { } why)
        {
            throw Problems.CannotRetry(why);
        }

        var begun = await starter.BeginAsync(client, deployment, operation.Kind, new Unbound(who.Actor), operation.Request, ct);
        await log.ActOnAsync(deployment.Id, who, "retry", new { operation = begun.Id, of = id }, ct);
        return StaffBegunView.Of(begun.Id, StaffBegun.Accepted);
    }

    public async Task<StaffBegunView> CancelAsync(Operator who, string id, CancellationToken ct)
    {
        var (operation, deployment) = await finder.FindAsync(id, ct);
        await care.CancelAsync(operation, ct);
        await log.ActOnAsync(deployment.Id, who, "cancel", new { operation = id }, ct);
        return StaffBegunView.Of(id, StaffBegun.Cancelling);
    }

    public async Task<StaffBegunView> RollBackAsync(DurableTaskClient client, Operator who, string id, CancellationToken ct)
    {
        var (operation, deployment) = await finder.FindAsync(id, ct);
        if (await care.WhyNotBackAsync(operation, deployment, ct) is { } why)
        {
            throw Problems.WrongState(deployment, why);
        }

        var change = new ChangeRequest(null, null, deployment.PreviousGood, DataChoice.AsNow, "The operator went back to it.");
        var begun = await starter.BeginAsync(client, deployment, OperationKind.Rollback, new Unbound(who.Actor), change.ToJson(), ct);
        // In the customer's record it stands with the operation itself, whose verb is the same.
        await log.ActAsync(who, "rollback", new { operation = begun.Id, of = id, to = deployment.PreviousGood }, ct);
        return StaffBegunView.Of(begun.Id, StaffBegun.Accepted);
    }

    public async Task<StaffBegunView> ExtendAsync(Operator who, string id, Func<Task<int?>> ask, CancellationToken ct)
    {
        var (operation, deployment) = await finder.FindAsync(id, ct);
        var minutes = await ask() is >= 1 and <= StaffCare.MinutesMax and { } asked
            ? asked
            : throw Problems.Invalid("minutes", $"is 1 to {StaffCare.MinutesMax}.");
        var until = await care.ExtendAsync(operation, TimeSpan.FromMinutes(minutes), ct);
        await log.ActOnAsync(deployment.Id, who, "extend", new { operation = id, minutes, until }, ct);
        return StaffBegunView.Of(id, StaffBegun.Extended);
    }
}

/// <summary>Looks after one deployment at once, as the clock does every minute, and changes what goes on with it.</summary>
public sealed class StaffCare(DeploymentStore deployments, Resumption resumption, Closing closing, StaffBounds bounds)
{
    public const int MinutesMax = 60;

    public async Task LookAfterAsync(DurableTaskClient client, Deployment deployment, CancellationToken ct)
    {
        if (deployment.Ending is not null)
        {
            await closing.CloseAsync(deployment, ct);
        }

        // One that a machine's saga is about to begin itself is left to it.
        if (deployment.Operation is not null && !await Recoveries.WillBeginAsync(client, deployment, ct))
        {
            await resumption.ResumeAsync(client, deployment, ct);
        }
    }

    /// <inheritdoc cref="Cancelling.CancelAsync"/>
    public Task CancelAsync(Operation operation, CancellationToken ct) => deployments.CancelAsync(operation, ct);

    /// <inheritdoc cref="StaffBounds.WhyNotBackAsync"/>
    public Task<string?> WhyNotBackAsync(Operation operation, Deployment deployment, CancellationToken ct) =>
        bounds.WhyNotBackAsync(operation, deployment, ct);

    /// <summary>Moves the deadline. It stands in the deployment's row, which every look at what a step waits for reads anyway; what the saga
    /// was begun with stays as it was.</summary>
    /// <returns>The deadline from now on.</returns>
    /// <exception cref="ProblemException">When it has ended, is being stopped, or is a deletion.</exception>
    public async Task<DateTimeOffset> ExtendAsync(Operation operation, TimeSpan by, CancellationToken ct)
    {
        var now = await deployments.ChangeAsync(
            operation.Account, operation.Deployment,
            current => StaffBounds.WhyNotMore(operation, current) is null
                ? current with { Operation = current.Operation! with { Until = bounds.Later(operation.DeadlineBy(current), by) } }
                : null,
            ct);
        return StaffBounds.WhyNotMore(operation, now) is { } why ? throw Problems.WrongState(now, why) : now.Operation!.Until!.Value;
    }
}

/// <summary>What of an operation an operator may not ask for, as sentences for people.</summary>
public sealed class StaffBounds(ConfigVersionStore versions, TimeProvider clock)
{
    private static readonly TimeSpan LaterMax = TimeSpan.FromMinutes(StaffCare.MinutesMax);

    /// <summary>Null when the version before may take the place of the one that runs.</summary>
    public async Task<string?> WhyNotBackAsync(Operation operation, Deployment deployment, CancellationToken ct) =>
        WhyNotBack(operation, deployment)
        ?? await versions.FindAsync(deployment.Id, deployment.PreviousGood!.Value, ct) switch
        {
            { Status: ConfigVersionStatus.Superseded } before when before.State.Plan == deployment.Plan => null,
            { Status: ConfigVersionStatus.Superseded } => "The version before has another plan. It is for its owner to go back to it.",
            _ => "The version that ran before is not kept any more.",
        };

    /// <summary>As far as it can be told without looking at the version.</summary>
    public static string? WhyNotBack(Operation operation, Deployment deployment) =>
        !operation.IsFinished ? "It goes on. Cancel it instead: what it did is taken back."
        : deployment.LastOperation != operation.Id ? "Something else was done with it since. Look at that first."
        : deployment.PreviousGood is null ? "No version ran before this one."
        : Abilities.Refusal(deployment, OperationKind.Rollback, deployment.Account)?.Reason;

    /// <summary>Null when it may be given more time.</summary>
    public static string? WhyNotMore(Operation operation, Deployment deployment) =>
        deployment.Operation is not { } held || held.Id != operation.Id ? "Only what goes on can be given more time."
        : held.Cancelled ? "It is being stopped."
        : held.Kind is OperationKind.Terminate ? "A deletion goes its own way."
        : null;

    /// <summary>From the deadline or from now, whichever is later, and never too far away.</summary>
    public DateTimeOffset Later(DateTimeOffset deadline, TimeSpan by)
    {
        var now = clock.GetUtcNow();
        var later = (deadline > now ? deadline : now) + by;
        return later < now + LaterMax ? later : deadline > now + LaterMax ? deadline : now + LaterMax;
    }
}
