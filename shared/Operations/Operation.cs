using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Operations;

public enum OperationKind
{
    Provision,
    Terminate,
    TestMessage,
    Restart,
    PairBrowser,
    Update,
    Upgrade,
    Rollback,

    /// <summary>What a change would do, found out by the same saga that would do it.</summary>
    Preview,
    Suspend,
    Resume,

    /// <summary>On another machine, because its own is lost.</summary>
    Replace,
    Backup,

    /// <summary>A version that finds the data of a backup.</summary>
    Restore,

    /// <summary>Proves that the bot comes up from its newest backup.</summary>
    Drill,

    /// <summary>To another machine, with its data: because its plan wants one, or because its own is to be emptied.</summary>
    Move,

    /// <summary>An upgrade to a release that is known to fail, so that its owner sees what becomes of the bot then.</summary>
    Rehearsal,
}

public enum OperationStatus
{
    Accepted,
    Running,
    Succeeded,
    Failed,
}

/// <summary>One thing that was asked of a deployment, by whom, until when, and how it ended.</summary>
/// <param name="Deadline">Written before the first step; passing it ends the operation, unless it was given more time.</param>
/// <param name="Request">What the asker typed, where the kind takes something; null otherwise.</param>
/// <param name="Reruns">How often its saga ran again because the tables had lost its end.</param>
/// <param name="IsForgotten">What was typed for it, and what it said, is not kept any more.</param>
public sealed record Operation(
    string Id, string Account, string Deployment, OperationKind Kind, OperationStatus Status, string By,
    DateTimeOffset CreatedAt, DateTimeOffset Deadline, string? Request = null, DateTimeOffset? FinishedAt = null,
    OperationFailure? Failure = null, string? Result = null, int Reruns = 0, bool IsForgotten = false)
{
    public OperationTarget Target => new(Id, Account, Deployment);

    public bool IsFinished => Status is OperationStatus.Succeeded or OperationStatus.Failed;

    /// <summary>Its deadline, or the later one that somebody gave it as long as it goes on.</summary>
    /// <param name="now">The deployment as it is.</param>
    public DateTimeOffset DeadlineBy(Deployment now) =>
        now.Operation is { Until: { } until } held && held.Id == Id && until > Deadline ? until : Deadline;
}

/// <summary>What a customer is told when an operation failed.</summary>
/// <param name="Step">The step it failed in.</param>
/// <param name="Undone">What was taken back, in the order it was.</param>
/// <param name="Next">What the customer can do now.</param>
public sealed record OperationFailure(string Code, string Message, string Step, IReadOnlyList<string> Undone, string Next);

public enum StepStatus
{
    Started,
    Done,
    Failed,
}

/// <summary>One step of an operation as people read it.</summary>
/// <param name="Attempt">1 for the first try.</param>
/// <param name="Detail">The step's reason or result in words.</param>
public sealed record OperationStep(
    string Name, string Title, StepStatus Status, int Attempt, DateTimeOffset StartedAt, long? DurationMs, string? Detail, string? Code);
