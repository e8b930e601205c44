using System.Text.RegularExpressions;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.Operations;

/// <summary>Operations and their steps as they are recorded: in our words and numbers only. What a failure says may come from a machine or
/// a service, so of that only the code is recorded; a draft names what the customer calls the parts of his own config.</summary>
public static partial class OperationEntries
{
    public const string EndedAction = "operation-ended";

    public static RecordEntry Of(string operation, OperationStep step) => Of(operation, step, step.Status is StepStatus.Failed ? step.Detail : null);

    /// <summary>How it ended, which its owner is told.</summary>
    public static RecordEntry Ended(Operation operation)
    {
        var entry = Recorder.Action("launchpad", EndedAction, new
        {
            operation = operation.Id,
            kind = operation.Kind.Wire(),
            outcome = operation.Status.Wire(),
            by = operation.By,
            code = operation.Failure?.Code,
        });
        return entry with { Account = operation.Account };
    }

    private static RecordEntry Of(string operation, OperationStep step, string? words) => new(RecordKinds.Step, "launchpad", new
    {
        operation,
        step = step.Name,
        step.Attempt,
        outcome = OperationStore.IsOpen(step) ? "waiting" : step.Status.Wire(),
        step.DurationMs,
        detail = step.Status is StepStatus.Failed || step.Detail is null || step.Name == Steps.Draft.Name ? null : Ours(step.Detail),
        step.Code,
        compensates = Steps.Compensates(step.Name),
        inputHash = ActivityInput.Hash,
        wordsHash = words is null ? null : RecordRow.Sha256(words),
    }, words);

    /// <summary>An address begins with what the customer called the bot.</summary>
    private static string Ours(string detail) => Address().Replace(Redactor.Shapes(detail), "[address]");

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Address();
}
