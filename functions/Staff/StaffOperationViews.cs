using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions.Staff;

/// <param name="Deadline">Until when it may take; null where its row is lost.</param>
/// <param name="Step">The step that it is in, or failed in; null before the first.</param>
/// <param name="Since">When that step began.</param>
/// <param name="WaitingFor">What that step says of itself; null for nothing.</param>
/// <param name="Stuck">Null when it is not.</param>
/// <param name="IsNewest">Nothing was done with the deployment since.</param>
/// <param name="NeedsStaff">It failed, nothing was done since, and it is more than a message that its owner sent.</param>
/// <param name="Retryable">POST …/retry makes sense.</param>
/// <param name="Cancellable">POST …/cancel is possible.</param>
/// <param name="Extendable">POST …/extend is possible.</param>
/// <param name="RunsVersion">The config version that the bot has; null before its first.</param>
/// <param name="RollsBackTo">The config version that POST …/rollback would bring back; null when it would not.</param>
public sealed record StaffOperationView(
    string Id, string Account, string Deployment, string DeploymentName, [property: Wire(typeof(DeploymentStatus))] string DeploymentStatus,
    [property: Wire(typeof(OperationKind))] string Kind, [property: Wire(typeof(OperationStatus))] string Status, string By,
    DateTimeOffset CreatedAt, DateTimeOffset? Deadline, DateTimeOffset? FinishedAt, string? Step, string? StepTitle, DateTimeOffset Since,
    string? WaitingFor, long? UsualMs, [property: Wire(typeof(Stuck))] string? Stuck, OperationFailure? Failure,
    bool IsNewest, bool NeedsStaff, bool Cancelling, bool Retryable, bool Cancellable, bool Extendable, int? RunsVersion, int? RollsBackTo);

/// <summary>What is wrong with an operation that has not failed.</summary>
public enum Stuck
{
    PastDeadline,

    /// <summary>For three times as long as usual.</summary>
    Slow,

    /// <summary>It has ended, and what follows has not been done.</summary>
    NotClosed,
}

/// <summary>Operations as the staff sees them, and what is wrong with them.</summary>
public sealed class StaffOperationViews(OperationStore operations, TimeProvider clock)
{
    private const int SlowTimes = 3;

    /// <summary>So long nobody is surprised, however short it usually is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What follows on an end is done at once, or by the next sweep.</summary>
    private static readonly TimeSpan ClosedWithin = TimeSpan.FromMinutes(5);

    /// <param name="deployment">As it is.</param>
    /// <param name="id">Of an operation of it.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null where nothing is left of it.</returns>
    public async Task<StaffOperationView?> OfAsync(Deployment deployment, string id, CancellationToken ct)
    {
        var held = deployment.Operation?.Id == id ? deployment.Operation : null;
        var operation = await operations.FindAsync(deployment.Account, id, ct);
        if (operation is null && held is null)
        {
            return null;
        }

        operations.Remember(new(id, deployment.Account, deployment.Id));
        var steps = (await operations.StepsAsync(id, ct)).OrderBy(step => step.StartedAt).ToList();
        var trail = new StepTrail(steps);
        var step = operation?.Status is OperationStatus.Failed
            ? trail.Failed
            : steps.LastOrDefault(one => one.Status is StepStatus.Started) ?? steps.LastOrDefault();
        var kind = held?.Kind ?? operation!.Kind;
        var usual = await operations.Usual.OfAsync(kind, ct);
        var usualMs = usual.Count == 0 ? (long?)null : usual.Sum(one => one.Ms);
        var (created, deadline) = (operation?.CreatedAt ?? held!.Since, operation?.DeadlineBy(deployment) ?? held?.Until);
        return new(
            id, deployment.Account, deployment.Id, deployment.Name, deployment.Status.Wire(), kind.Wire(),
            held is not null && steps.Count > 0 ? OperationStatus.Running.Wire() : (operation?.Status ?? OperationStatus.Accepted).Wire(),
            operation?.By ?? held!.By, created, deadline, operation?.FinishedAt, step?.Name, step?.Title,
            step?.StartedAt ?? created, step is { Status: StepStatus.Started } ? step.Detail : null, usualMs,
            (held is not null ? StuckBy(created, deadline, step, usualMs) : NotClosed(deployment, id))?.Wire(),
            operation?.Failure, deployment.LastOperation == id,
            operation?.Status is OperationStatus.Failed && deployment.LastOperation == id && !IsForOwner(kind)
                && deployment.Status is not DeploymentStatus.Terminated,
            held?.Cancelled is true,
            held is not null || deployment.Ending?.Operation == id || (operation is not null && WhyNotAgain(operation, deployment) is null),
            held is { Cancelled: false } && kind.Definition().IfCancelled(trail) is not null,
            operation is not null && StaffBounds.WhyNotMore(operation, deployment) is null, deployment.ActiveVersion,
            operation is not null && StaffBounds.WhyNotBack(operation, deployment) is null ? deployment.PreviousGood : null);
    }

    /// <summary>What concerns nobody but who asked for it.</summary>
    public static bool IsForOwner(OperationKind kind) =>
        kind is OperationKind.TestMessage or OperationKind.PairBrowser or OperationKind.Preview;

    /// <summary>Why the same cannot be asked for again, as a sentence for people; null when it may be.</summary>
    public static string? WhyNotAgain(Operation operation, Deployment deployment) =>
        IsForOwner(operation.Kind)
            ? "It is for its owner to ask for that."
            : OperationViews.WhyNotAgain(operation, deployment);

    /// <summary>A deletion that waits for its owner to think better of it is not stuck.</summary>
    private Stuck? StuckBy(DateTimeOffset created, DateTimeOffset? deadline, OperationStep? step, long? usualMs)
    {
        var (now, isUndo) = (clock.GetUtcNow(), step?.Name == Steps.UndoWindow.Name);
        return now > deadline ? Stuck.PastDeadline
            : !isUndo && usualMs is { } ms && now - created > Patience && now - created > SlowTimes * TimeSpan.FromMilliseconds(ms) ? Stuck.Slow
            : null;
    }

    private Stuck? NotClosed(Deployment deployment, string id) =>
        deployment.Ending is { } ending && ending.Operation == id && clock.GetUtcNow() - ending.At > ClosedWithin ? Stuck.NotClosed : null;
}
