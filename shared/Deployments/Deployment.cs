using Azure;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Operations;

namespace Launchpad.Shared.Deployments;

/// <summary>One customer's bot, as it is wanted and as it is known to be.</summary>
public sealed record Deployment
{
    private const int FailedRolloutsMax = 3;

    private readonly CurrentOperation? _operation;

    public required string Id { get; init; }
    public required string Account { get; init; }
    public required string Name { get; init; }

    /// <summary>The host name's first label; never changes.</summary>
    public required string Slug { get; init; }

    public required string Plan { get; init; }
    public required BotSettings Settings { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DeploymentStatus Status { get; init; } = DeploymentStatus.Requested;

    /// <summary>Whose data it begins with; null for none. Both are of the same account.</summary>
    public BackupRef? Origin { get; init; }

    /// <summary>The one subscription that pays for it: the first that was paid. Any other is cancelled.</summary>
    public string? Subscription { get; init; }

    /// <summary>Those that paid for it before, oldest first: they have ended, and what they were paid is not given back.</summary>
    public IReadOnlyList<string> FormerSubscriptions { get; init; } = [];

    /// <summary>What happens to it because it is not paid for; null while it is.</summary>
    public Ladder? Ladder { get; init; }

    /// <summary>Since when it is paid for and not begun, because a person looks at the payment first; null where none does.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    public bool IsHeld => HeldSince is not null && Status is DeploymentStatus.Requested;

    /// <summary>The VM that holds capacity for it; null while nothing is placed.</summary>
    public string? Vm { get; init; }

    /// <summary>The VM that it is moving to, where capacity is held for it too; null while it stays.</summary>
    public string? Destination { get; init; }

    /// <summary>Its machine went with its data, and what there is of that in backups has not been brought anywhere yet: until then it is not
    /// started, or it would run with nothing.</summary>
    public bool NeedsData { get; init; }

    /// <summary>A change that went back could not put the data of the active version back in their place, where those of the change still are.
    /// They are put back before it starts again, and until then nothing else is done with them.</summary>
    public bool OwesData { get; init; }

    public int? ActiveVersion { get; init; }
    public int? LastKnownGood { get; init; }

    /// <summary>The version that ran before the active one, whose volume was kept when it was stopped; null when there is none.</summary>
    public int? PreviousGood { get; init; }

    /// <summary>Rollouts that failed since the last one that did not.</summary>
    public int FailedRollouts { get; init; }

    /// <summary>Upgrades pause after several that failed in a row, until their owner lets them go on.</summary>
    public bool AreUpgradesPaused => FailedRollouts >= FailedRolloutsMax;

    /// <summary>The image tag that upgrades follow; null for the operator's. A pinned one is never moved by an operator.</summary>
    public string? Channel { get; init; }
    public bool Pinned { get; init; }

    /// <summary>The one operation that may change this deployment now.</summary>
    public CurrentOperation? Operation
    {
        get => _operation;
        init
        {
            _operation = value;
            LastOperation = value?.Id ?? LastOperation;
        }
    }

    /// <summary>The operation that does something with it; null where there is none, or one that only says something to the bot: that gives way
    /// to whoever brings the bot up, without which nothing can be said.</summary>
    public CurrentOperation? Work => IsSpeech(Operation?.Kind) ? null : Operation;

    /// <summary>The id of the newest operation, whether it still goes on or not: where the customer reads what happened.</summary>
    public string? LastOperation { get; init; }

    /// <summary>The change that led to the status that was read; the store alone sets it. Null before the first save.</summary>
    public StatusChange? LastChange { get; init; }

    public ETag ETag { get; init; }

    /// <exception cref="IllegalTransitionException">When the state machine has no such edge.</exception>
    public Deployment To(DeploymentStatus status) =>
        status == Status ? this
        : Status.CanBecome(status) ? this with
        {
            Status = status,
            // Paid, and running again: nothing of the ladder is left to be taken back.
            Ladder = status is DeploymentStatus.Running && Ladder is { IsOver: true } ? null : Ladder,
        }
        : throw new IllegalTransitionException(Status, status);

    /// <summary>How the newest operation ended, for as long as what follows from it still has to be done; null after that. It is part of the
    /// write that ended the operation, so whoever finds it can do the rest.</summary>
    public Ending? Ending { get; init; }

    /// <summary>An operation holds it, or has left something to do: somebody has to look after it.</summary>
    public bool IsBusy => Operation is not null || Ending is not null;

    /// <summary>Running, active version, last known good, plan and settings are one value, and so one write.</summary>
    /// <param name="version">The one that runs now.</param>
    /// <param name="distrusted">True when the version before it is not to be gone back to.</param>
    public Deployment Runs(ConfigVersion version, bool distrusted = false) => version.Number == ActiveVersion
        ? To(DeploymentStatus.Running)
        : To(DeploymentStatus.Running) with
        {
            ActiveVersion = version.Number,
            LastKnownGood = version.Number,
            PreviousGood = distrusted ? null : ActiveVersion,
            Plan = version.State.Plan,
            Settings = version.State.Settings,
            FailedRollouts = 0,
        };

    /// <summary>Free, and knowing how its operation ended. What moved is there from now on, and has left where it was; what did not get there
    /// has left where it was going.</summary>
    /// <param name="notUndone">The names of the steps that could not be taken back; null for none.</param>
    public Deployment Ended(bool succeeded, DateTimeOffset at, Deployment before, IReadOnlyList<string>? notUndone = null)
    {
        var hasMoved = succeeded && Operation!.Kind is OperationKind.Move && Destination is not null;
        return this with
        {
            Operation = null,
            Vm = hasMoved ? Destination : Vm,
            Destination = null,
            NeedsData = NeedsData && !hasMoved,
            PreviousGood = hasMoved ? null : PreviousGood,
            Ending = new(
                Operation!.Id, succeeded, at,
                Left: ActiveVersion == before.ActiveVersion ? null : before.ActiveVersion, notUndone,
                LeftVm: hasMoved ? Vm : Destination, Operation.Cancelled),
        };
    }

    /// <summary>A bot that is down is changed as one that runs is: another version may be what brings it back.</summary>
    public Deployment ToUpdating() =>
        (Status is DeploymentStatus.Failed ? To(DeploymentStatus.Restarting).To(DeploymentStatus.Running) : this).To(DeploymentStatus.Updating);

    /// <summary>Where it can be said to have failed. An order that fails before its first step is entered was being provisioned all the same, and
    /// does not go on waiting for what nobody does.</summary>
    public Deployment ToFailed() =>
        this is { Status: DeploymentStatus.Requested, Operation.Kind: OperationKind.Provision }
            ? To(DeploymentStatus.Provisioning).To(DeploymentStatus.Failed)
        : Status.CanBecome(DeploymentStatus.Failed) ? To(DeploymentStatus.Failed)
        : this;

    public static bool IsSpeech(OperationKind? kind) => kind is OperationKind.TestMessage or OperationKind.PairBrowser;

    /// <summary>It ran once and is not gone: there are data of it on a machine.</summary>
    public bool HasData => !NeedsData && !OwesData && (
        Status is DeploymentStatus.Running or DeploymentStatus.Suspended or DeploymentStatus.Failed && ActiveVersion is not null && Vm is not null);

    /// <summary>It has a version on a machine, which another one can take the place of.</summary>
    public bool CanRollOut => !NeedsData && !OwesData
        && (Status is DeploymentStatus.Running || (Status is DeploymentStatus.Failed && Vm is not null && ActiveVersion is not null));

    /// <summary>A bot that is down has failed and is being restarted: both steps are one write.</summary>
    public Deployment ToRestarting() =>
        (Status is DeploymentStatus.Running ? To(DeploymentStatus.Failed) : this).To(DeploymentStatus.Restarting);
}

/// <summary>What the customer chose for the bot; no secret is among it.</summary>
/// <param name="Model">Name of the language model; null for the one the operator offers.</param>
/// <param name="Instructions">Markdown that becomes the bot's SOUL.md; null for none.</param>
/// <param name="Telegram">Whether the bot listens on Telegram, with the token kept as a secret.</param>
/// <param name="Config">JSON of the bot's own configuration beyond ours; null for none. See <see cref="OwnConfig"/>.</param>
public sealed record BotSettings(string? Model, string? Instructions, bool Telegram, string? Config = null);

/// <summary>A backup, and of which deployment.</summary>
public sealed record BackupRef(string Deployment, string Backup);

/// <summary>One change of a deployment's status, counted from 0.</summary>
/// <param name="From">Null for the order.</param>
/// <param name="Operation">Which operation made it; null for the order.</param>
/// <param name="At">When; null where that was not kept.</param>
public sealed record StatusChange(int Number, DeploymentStatus? From, DeploymentStatus To, string? Operation, DateTimeOffset? At = null);

/// <summary>Who is working on a deployment, since when.</summary>
/// <param name="Cancelled">A person wants it to stop: its next step fails, and what it did is taken back.</param>
/// <param name="Decision">Of a deletion: what became of its undo window; null as long as it is open.</param>
/// <param name="Until">Until when a step may wait though its time is over, because somebody gave it more; null for its own time.</param>
public sealed record CurrentOperation(
    string Id, OperationKind Kind, DateTimeOffset Since, string By, bool Cancelled = false, UndoDecision? Decision = null,
    DateTimeOffset? Until = null)
{
    /// <summary>What would be given up for want of time goes on.</summary>
    public bool HasMoreTime(DateTimeOffset now) => now < Until;
}

/// <summary>A deletion is taken back or becomes final, whichever is written first.</summary>
public enum UndoDecision
{
    TakenBack,
    Final,
}

/// <summary>How an operation ended.</summary>
/// <param name="Left">The version that another one took the place of; null when none did.</param>
/// <param name="NotUndone">The names of the steps that could not be taken back; null for none.</param>
/// <param name="LeftVm">The machine on which nothing of it is wanted any more; null when there is none.</param>
/// <param name="Cancelled">Somebody wanted it stopped; where no step met that, it is why it failed.</param>
public sealed record Ending(
    string Operation, bool Succeeded, DateTimeOffset At, int? Left, IReadOnlyList<string>? NotUndone = null, string? LeftVm = null,
    bool Cancelled = false);

public sealed class IllegalTransitionException(DeploymentStatus from, DeploymentStatus to)
    : Exception($"A deployment cannot go from {from.Wire()} to {to.Wire()}.");
