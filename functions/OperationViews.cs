using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions;

/// <summary>Operations as people see them.</summary>
public static class OperationViews
{
    public static OperationView Of(
        Operation operation, Deployment deployment, IReadOnlyList<OperationStep> taken, IReadOnlyList<UsualStep> usual)
    {
        var isHeld = deployment.Operation?.Id == operation.Id;
        var current = taken.LastOrDefault(step => step.Status is StepStatus.Started);
        var undoUntil = isHeld && deployment.Operation!.Decision is null && operation.Kind is OperationKind.Terminate && current?.Name == Steps.UndoWindow.Name
            ? DeletionRequest.Parse(operation.Request).Until
            : (DateTimeOffset?)null;
        return new(
            operation.Id, operation.Deployment, deployment.Name, operation.Kind.Wire(), StatusOf(operation, taken.Count > 0), operation.By,
            operation.CreatedAt, operation.DeadlineBy(deployment), operation.FinishedAt, operation.Result, operation.Failure,
            [.. Taken(taken, usual), .. StillToCome(operation, taken, usual)],
            operation.IsFinished ? null : operation.Kind.Definition().IfCancelled(new(taken)),
            isHeld && deployment.Operation!.Cancelled, WhyNotAgain(operation, deployment) is null,
            usual.Count == 0 ? null : usual.Sum(step => step.Ms),
            current is { Detail: { } what } && !operation.IsFinished ? new(what, current.StartedAt, undoUntil ?? operation.DeadlineBy(deployment)) : null,
            undoUntil, Downtime.MsOf(operation, taken),
            operation is { Kind: OperationKind.Preview, Status: OperationStatus.Succeeded, Result: { } json } ? PreviewView.Of(ChangePreview.Parse(json)) : null);
    }

    public static OperationSummary Summary(Operation operation, Deployment deployment) => new(
        operation.Id, operation.Deployment, deployment.Name, operation.Kind.Wire(), StatusOf(operation, hasSteps: false), operation.By, operation.CreatedAt,
        operation.FinishedAt, operation.Result, operation.Failure);

    /// <summary>Why the same cannot be asked for again, as a sentence for people; null when it can.</summary>
    public static string? WhyNotAgain(Operation operation, Deployment deployment) =>
        operation.Status is not OperationStatus.Failed ? "Only what failed can be retried."
        : operation.IsForgotten ? "What was asked for is not kept any more. Ask for what you want now."
        : deployment.LastOperation != operation.Id ? "Something else was done with it since. Ask for what you want now."
        : operation.Kind.Definition().Staged(operation).Count > 0 ? "It brought secrets, which are not kept of what fails. Send the change again."
        : Abilities.Refusal(deployment, operation.Kind, deployment.Account)?.Reason;

    private static string StatusOf(Operation operation, bool hasSteps) =>
        (operation.Status is OperationStatus.Accepted && hasSteps ? OperationStatus.Running : operation.Status).Wire();

    private static IEnumerable<StepView> Taken(IReadOnlyList<OperationStep> taken, IReadOnlyList<UsualStep> usual) =>
        taken.OrderBy(step => step.StartedAt).Select(step => new StepView(
            step.Name, step.Title, step.Status.Wire(), step.Attempt, step.StartedAt, step.DurationMs, step.Detail, step.Code,
            usual.FirstOrDefault(one => one.Name == step.Name)?.Ms, Steps.Compensates(step.Name)));

    /// <summary>Nothing of what takes its way back.</summary>
    private static IEnumerable<StepView> StillToCome(
        Operation operation, IReadOnlyList<OperationStep> taken, IReadOnlyList<UsualStep> usual) =>
        operation.IsFinished || taken.Any(step => Steps.IsUndo(step.Name) || step.Status is StepStatus.Failed)
            ? []
            : usual.Where(step => taken.All(one => one.Name != step.Name))
                .Select(step => new StepView(step.Name, step.Title, StepView.Pending, 0, null, null, null, null, step.Ms, null));
}
