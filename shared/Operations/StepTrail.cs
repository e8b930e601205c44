namespace Launchpad.Shared.Operations;

/// <summary>What an operation's steps say about it, when it has ended or wants to know how far it came.</summary>
/// <param name="taken">The rows that there are.</param>
/// <param name="notUndone">The names of steps that could not be taken back, whether or not their rows could be written; null for none.</param>
public sealed class StepTrail(IReadOnlyList<OperationStep> taken, IReadOnlyList<string>? notUndone = null)
{
    /// <summary>The step that the operation failed in; null when none did.</summary>
    public OperationStep? Failed { get; } = taken.LastOrDefault(step => step.Status is StepStatus.Failed && !Steps.IsUndo(step.Name));

    /// <summary>What was taken back or was tried to, in that order.</summary>
    public IReadOnlyList<OperationStep> Undone { get; } =
    [
        .. taken.Where(step => Steps.IsUndo(step.Name)).OrderBy(step => step.StartedAt),
        .. (notUndone ?? []).Where(name => !taken.Any(step => step.Name == name)).Select(Unbegun),
    ];

    public string Code => Failed?.Code ?? "internal";

    /// <summary>What could not be taken back.</summary>
    public IEnumerable<OperationStep> Left => Undone.Where(step => step.Status is not StepStatus.Done);

    /// <summary>How long the bot was away for the sake of a new version.</summary>
    public long BootMs => Steps.BootMs(taken);

    private static OperationStep Unbegun(string undo) =>
        new(undo, Steps.TitleOf(undo), StepStatus.Failed, 0, default, null, "It could not even be begun.", "internal");

    public bool Began(Step step) => taken.Any(one => one.Name == step.Name);

    public bool IsDone(Step step) => taken.Any(one => one.Name == step.Name && one.Status is StepStatus.Done);
}
