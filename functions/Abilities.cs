using Launchpad.Orchestrations.Activities;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions;

/// <summary>Something that an owner can ask for, and whether he can now.</summary>
/// <param name="Why">Why not, as a sentence for people; null when it is allowed.</param>
public sealed record Ability(string Action, bool Allowed, string? Why);

/// <summary>What may be asked of a deployment as it is. Whoever begins an operation and whoever draws its button ask here.</summary>
public static class Abilities
{
    private const string Paused =
        "Its last rollouts failed, so upgrades are paused. Look at why in its versions, then allow them again.";

    private static readonly (string Action, OperationKind Kind)[] Operations =
    [
        ("message", OperationKind.TestMessage), ("restart", OperationKind.Restart), ("suspend", OperationKind.Suspend),
        ("resume", OperationKind.Resume), ("change", OperationKind.Update), ("upgrade", OperationKind.Upgrade),
        ("rollback", OperationKind.Rollback), ("backup", OperationKind.Backup), ("restore", OperationKind.Restore),
        ("drill", OperationKind.Drill), ("rehearse", OperationKind.Rehearsal), ("delete", OperationKind.Terminate), ("retry", OperationKind.Provision),
    ];

    /// <summary>Why an operation of the kind cannot be begun now; null when it can.</summary>
    /// <param name="now">The deployment as it is.</param>
    /// <param name="kind">Of the operation.</param>
    /// <param name="by">Who asks.</param>
    public static ProblemException? Refusal(Deployment now, OperationKind kind, string by)
    {
        var definition = kind.Definition();
        return now.Operation is { } held && !definition.Preempts && !GivesWay(held, by) ? Problems.Busy(now)
            : now.Ladder is { Holds: true } ladder && definition.StartsBot ? Problems.WrongState(now, Held(ladder))
            : now.HeldSince is not null && definition.StartsBot ? Problems.WrongState(now, "A person looks at its payment first.")
            : definition.Refuse(now) is { } reason ? Problems.WrongState(now, reason)
            : null;
    }

    /// <summary>All that its owner can ask for, by button.</summary>
    /// <param name="now">The deployment as it is.</param>
    /// <param name="undoUntil">Until when its deletion can be taken back; null where there is nothing to take back.</param>
    /// <param name="billing">How it is paid for.</param>
    public static IReadOnlyList<Ability> Of(Deployment now, DateTimeOffset? undoUntil, BillingView billing)
    {
        var isEnding = billing.CancelAtPeriodEnd;
        var isGone = now.Status is DeploymentStatus.Terminated;
        return
        [
            .. Operations.Select(one => new Ability(one.Action, false, Why(now, one.Kind)))
                .Select(one => one with { Allowed = one.Why is null }),
            May("openBot", now.Status is DeploymentStatus.Running ? null : "It can be opened while it runs."),
            May("rename", isGone ? "It has been deleted." : null),
            May("clone", now.HasData ? null : "Only a bot that ran once has data to begin with."),
            May("eject", now.HasData ? null : "Only a bot that ran once has something to take along."),
            May("pay", MayPay(now) ? null : "There is nothing to pay for now."),
            May("cancelSubscription", Ends(now) ?? (isEnding ? "It is cancelled already." : null)),
            May("keepSubscription", Ends(now) ?? (billing.Dispute is { Status: "lost" } ? TakenBack : isEnding ? null : "It is not cancelled.")),
            May("undelete", !IsBeingDeleted(now) ? "It is not being deleted." : undoUntil is null ? "Nothing of it is kept." : null),
        ];
    }

    /// <summary>Why what was contested and lost does not go on.</summary>
    internal const string TakenBack = "The bank took back what was paid for it, so it ends. It can be bought again after that.";

    private static Ability May(string action, string? why) => new(action, why is null, why);

    /// <summary>It was ordered, or what paid for it has ended, and there is something to pay for.</summary>
    public static bool MayPay(Deployment now) =>
        now is { Status: DeploymentStatus.Requested, Subscription: null }
        || (now is { Ladder: { Cause: LadderCause.Ended, IsOver: false } } && !IsBeingDeleted(now));

    /// <summary>Why what pays for it cannot be ended, or kept; null when it can.</summary>
    private static string? Ends(Deployment now) =>
        now is { Subscription: not null, Status: not DeploymentStatus.Terminated, Ladder: not { Cause: LadderCause.Ended } } ? null
        : "No subscription pays for it.";

    private static string Held(Ladder ladder) => ladder.Cause is LadderCause.Disputed
        ? "It is stopped because its payment is contested at the bank. If the bank lets the payment stand, it starts by itself, or else ends with its period."
        : "It is stopped because it is not paid for. Pay, and it starts by itself.";

    private static string? Why(Deployment now, OperationKind kind) => kind switch
    {
        OperationKind.Terminate when IsBeingDeleted(now) => "It is being deleted already.",
        OperationKind.Provision when now.LastOperation is null => "It begins by itself when it is paid for.",
        OperationKind.Rollback when now is { PreviousGood: null, ActiveVersion: null or 1 } => "No version ran before this one.",
        OperationKind.Upgrade when now.AreUpgradesPaused => Paused,
        _ => Refusal(now, kind, now.Account)?.Reason,
    };

    private static bool IsBeingDeleted(Deployment now) => now.Operation?.Kind is OperationKind.Terminate;

    private static bool GivesWay(CurrentOperation held, string by) =>
        held.By == Endings.Sweep && by != Endings.Sweep && held.Kind.Definition().Yields;
}
