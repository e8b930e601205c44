using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Billing;

/// <summary>Puts deployments on the ladder and takes them off it.</summary>
public sealed class Arrears(DeploymentStore deployments, IOptions<DunningOptions> options, TimeProvider clock)
{
    /// <summary>Who asks for what is done because of a payment.</summary>
    public const string Actor = "payment";

    public Task<Deployment> JudgeAsync(Subscription own, CancellationToken ct) => deployments.ChangeAsync(
        own.Account, own.Deployment, now => Judge(now, own, options.Value, clock.GetUtcNow()), ct);

    /// <summary>The deployment as what pays for it wants it. Pure, and the same however often and in whatever order it is asked: what counts
    /// is how the subscription is, and not what led to that.</summary>
    /// <param name="now">As it is.</param>
    /// <param name="own">What pays for it, as the provider last said.</param>
    /// <param name="terms">How long it is kept.</param>
    /// <param name="at">The time.</param>
    public static Deployment Judge(Deployment now, Subscription own, DunningOptions terms, DateTimeOffset at)
    {
        // Whoever is not known (any more) may be asked for with the wrong key.
        if (now.Subscription != own.Id || now.Status is DeploymentStatus.Terminated || own.Status is Subscription.Missing or "incomplete")
        {
            return now;
        }

        return (Cause(own, terms), now.Ladder) switch
        {
            (null, null) or (null, { IsOver: true }) => now,
            (null, { } known) => now with { Ladder = known.Resumes is null ? null : known with { IsOver = true } },
            // There is nothing to stop or to delete.
            (_, null) when now.Vm is null => now,
            ({ } cause, null) => now with { Ladder = Ladder.Begin(cause, terms, at) },
            ({ } cause, { } known) when known.IsOver || IsDispute(known.Cause) != IsDispute(cause) =>
                now with { Ladder = Ladder.Begin(cause, terms, at) with { Resumes = known.Resumes } },
            ({ } cause, { } known) => known.Cause == cause ? now : now with { Ladder = known with { Cause = cause } },
        };
    }

    /// <summary>A deletion that the ladder began, as long as it can be taken back.</summary>
    public static bool IsBeingDeleted(Deployment now) =>
        now.Operation is { Kind: OperationKind.Terminate, By: Actor, Decision: null };

    private static LadderCause? Cause(Subscription own, DunningOptions terms) => own switch
    {
        { IsEnded: true } => LadderCause.Ended,
        { State: BillingState.PastDue } => LadderCause.PaymentFailed,
        { IsContested: true } when terms.SuspendDisputed => LadderCause.Disputed,
        _ => null,
    };

    private static bool IsDispute(LadderCause cause) => cause is LadderCause.Disputed;
}
