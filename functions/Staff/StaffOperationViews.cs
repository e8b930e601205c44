using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions.Staff;

/// <param name="Deadline">Until when it may take; null where its row is lost.</param>
/// <param name="Step">The step that it is in, or failed in; null before the first.</param>
/// <param name="Since">When that step began.</param>
/// <param name="WaitingFor">What that step says of itself; null for nothing.</param>
/// <param name="Stuck">past-deadline, slow for three times as long as usual, or not-closed when it has ended and what follows has not been
/// done; null when it is none of these.</param>
/// <param name="IsNewest">Nothing was done with the deployment since.</param>
/// <param name="NeedsStaff">It failed, nothing was done since, and it is more than a message that its owner sent.</param>
/// <param name="Retryable">POST …/retry makes sense.</param>
/// <param name="Cancellable">POST …/cancel is possible.</param>
public sealed record StaffOperationView(
    string Id, string Account, string Deployment, string DeploymentName, [property: Wire(typeof(DeploymentStatus))] string DeploymentStatus,
    [property: Wire(typeof(OperationKind))] string Kind, [property: Wire(typeof(OperationStatus))] string Status, string By,
    DateTimeOffset CreatedAt, DateTimeOffset? Deadline, DateTimeOffset? FinishedAt, string? Step, string? StepTitle, DateTimeOffset Since,
    string? WaitingFor, long? UsualMs, string? Stuck, OperationFailure? Failure, bool IsNewest, bool NeedsStaff, bool Cancelling,
    bool Retryable, bool Cancellable);

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
        var created = operation?.CreatedAt ?? held!.Since;
        return new(
            id, deployment.Account, deployment.Id, deployment.Name, deployment.Status.Wire(), kind.Wire(),
            held is not null && steps.Count > 0 ? OperationStatus.Running.Wire() : (operation?.Status ?? OperationStatus.Accepted).Wire(),
            operation?.By ?? held!.By, created, operation?.Deadline, operation?.FinishedAt, step?.Name, step?.Title,
            step?.StartedAt ?? created, step is { Status: StepStatus.Started } ? step.Detail : null, usualMs,
            held is not null ? Stuck(created, operation?.Deadline, step, usualMs) : NotClosed(deployment, id),
            operation?.Failure, deployment.LastOperation == id,
            operation?.Status is OperationStatus.Failed && deployment.LastOperation == id && !IsForOwner(kind)
                && deployment.Status is not DeploymentStatus.Terminated,
            held?.Cancelled is true,
            held is not null || deployment.Ending?.Operation == id || (operation is not null && WhyNotAgain(operation, deployment) is null),
            held is { Cancelled: false } && kind.Definition().IfCancelled(trail) is not null);
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
    private string? Stuck(DateTimeOffset created, DateTimeOffset? deadline, OperationStep? step, long? usualMs)
    {
        var (now, isUndo) = (clock.GetUtcNow(), step?.Name == Steps.UndoWindow.Name);
        return now > deadline ? "past-deadline"
            : !isUndo && usualMs is { } ms && now - created > Patience && now - created > SlowTimes * TimeSpan.FromMilliseconds(ms) ? "slow"
            : null;
    }

    private string? NotClosed(Deployment deployment, string id) =>
        deployment.Ending is { } ending && ending.Operation == id && clock.GetUtcNow() - ending.At > ClosedWithin ? "not-closed" : null;
}
