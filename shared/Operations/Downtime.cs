namespace Launchpad.Shared.Operations;

/// <summary>How long a bot was away for a change, as its steps were measured.</summary>
public static class Downtime
{
    private static readonly OperationKind[] Changes =
    [
        OperationKind.Update, OperationKind.Upgrade, OperationKind.Rollback, OperationKind.Restore, OperationKind.Move, OperationKind.Rehearsal,
    ];

    private static readonly string[] Leaves = [Steps.Switch.Name, Steps.Vacate.Name];
    private static readonly string[] Returns = [Steps.Health.Name, Steps.ReturnBot.Name, Steps.ReturnHere.Name];

    /// <summary>Milliseconds from when the bot was stopped until it answered for good, in its new form or its former one; 0 when it never
    /// was stopped. Null while the change goes on, for what is none, and where the bot did not come back.</summary>
    public static long? MsOf(Operation operation, IReadOnlyList<OperationStep> taken)
    {
        if (!operation.IsFinished || !Changes.Contains(operation.Kind))
        {
            return null;
        }

        if (taken.Where(step => Leaves.Contains(step.Name)).Select(step => (DateTimeOffset?)step.StartedAt).Min() is not { } left)
        {
            return 0;
        }

        return taken.Where(step => Returns.Contains(step.Name) && step.Status is StepStatus.Done)
            .Select(step => (long?)(step.StartedAt - left).TotalMilliseconds + (step.DurationMs ?? 0))
            .Where(ms => ms >= 0).Max();
    }
}
