using System.Collections.Concurrent;
using Launchpad.Shared.Deployments;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Billing;

/// <summary>How a deployment is paid for.</summary>
public enum BillingState
{
    /// <summary>Nobody was asked to pay.</summary>
    None,

    /// <summary>A payment page was opened, and nothing is paid yet.</summary>
    Unpaid,
    Active,

    /// <summary>A payment failed; the provider tries again.</summary>
    PastDue,
    Canceled,

    /// <summary>Nothing is charged any more, and what was paid was given back.</summary>
    Refunded,
}

/// <summary>What was given back, in the smallest unit of the currency.</summary>
public sealed record RefundView(string Subscription, long Amount, string Currency);

/// <summary>What will be charged, in the smallest unit of the currency.</summary>
public sealed record ChargeView(DateTimeOffset At, long Amount, string Currency);

/// <summary>A payment that is contested at the customer's bank.</summary>
/// <param name="Status">needs_response, under_review, won or lost.</param>
public sealed record DisputeView(string Id, long Amount, string Currency, string Reason, string Status, DateTimeOffset Since);

/// <summary>What a customer sees of the payments for a deployment.</summary>
/// <param name="Plan">What is paid for; null while nothing is.</param>
/// <param name="PeriodEnd">Until when it is paid for.</param>
/// <param name="Reason">The state in words: why it is so, and what happens next.</param>
/// <param name="NextCharge">For the next period; changes within this one come on top. Null when nothing will be charged.</param>
/// <param name="KeptUntil">Of one that was cancelled: when its data is deleted. Null otherwise.</param>
/// <param name="Ladder">What happens because it is not paid for; null while nothing does.</param>
/// <param name="Dispute">The contested payment that most follows from: one that was lost, one that is undecided, else the newest; null for none.</param>
/// <param name="TrialEndsAt">Until when it is free; null for what is charged already, or never will be.</param>
public sealed record BillingView(
    [property: Wire(typeof(BillingState))] string State, string? Plan, DateTimeOffset? PeriodEnd, bool CancelAtPeriodEnd, string Reason, IReadOnlyList<RefundView> Refunds,
    ChargeView? NextCharge = null, DateTimeOffset? KeptUntil = null, LadderView? Ladder = null, DisputeView? Dispute = null,
    DateTimeOffset? TrialEndsAt = null)
{
    /// <param name="deployment">What is paid for.</param>
    /// <param name="all">Every subscription that was ever taken for it.</param>
    /// <param name="wasAsked">Whether a payment page was opened for it that may still be paid on.</param>
    /// <param name="kept">How long it is kept when it is not paid for any more.</param>
    public static BillingView Of(Deployment deployment, IReadOnlyList<Subscription> all, bool wasAsked, TimeSpan kept)
    {
        var refunds = all.Where(subscription => subscription.Refunded.AmountCents > 0)
            .Select(subscription => new RefundView(subscription.Id, subscription.Refunded.AmountCents, subscription.Refunded.Currency))
            .ToList();
        if (all.FirstOrDefault(subscription => subscription.Id == deployment.Subscription) is { } own)
        {
            return new(
                own.State.Wire(), own.Plan, own.PaidUntil, own.CancelAtPeriodEnd,
                (deployment.IsHeld && own.IsPaid ? own.IsTrial ? HeldTrial : Held : Words(own)) + Extra(refunds.Where(refund => refund.Subscription != own.Id)), refunds, Next(own),
                own is { CancelAtPeriodEnd: true, IsPaid: true } ? own.PaidUntil + kept : null,
                // What pays for it may have become another one a moment ago.
                own.IsPaid && !own.IsContested ? null : LadderView.Of(deployment),
                own.Dispute is { } dispute ? new(dispute.Id, dispute.Amount, dispute.Currency, dispute.Reason, dispute.Status, dispute.Since) : null,
                own.IsTrial ? own.PaidUntil : null);
        }

        var state = refunds.Count > 0 ? BillingState.Refunded
            : wasAsked && deployment.Status is DeploymentStatus.Requested ? BillingState.Unpaid
            : BillingState.None;
        var reason = state switch
        {
            BillingState.Refunded => "There was nothing to pay for." + Extra(refunds),
            BillingState.Unpaid => "The payment page is open, and nothing was paid yet.",
            _ => "Nothing was asked for, and nothing was paid.",
        };
        return new(state.Wire(), null, null, false, reason, refunds);
    }

    private const string Held =
        "It is paid for. A person looks at the payment before the bot is set up, usually within a day. If it is refused, all of it goes back to the card.";

    private const string HeldTrial =
        "A person looks at the order before the bot is set up, usually within a day. Nothing was charged, and nothing is if it is refused.";

    private static ChargeView? Next(Subscription own) => own is { IsPaid: true, CancelAtPeriodEnd: false, PaidUntil: { } at, Price: { } price }
        ? new(at, price.Cents, price.Currency)
        : null;

    private static string Words(Subscription own) => (own.State, own.Status) switch
    {
        (BillingState.Active, _) when own.IsTakenBack =>
            $"Your bank took back what was paid for it, so it ends on {own.PaidUntil:u}. Nothing more is charged.",
        (BillingState.Active, _) when own is { IsTrial: true, CancelAtPeriodEnd: true } =>
            $"It was cancelled, and is free until {own.PaidUntil:u}. Nothing is charged.",
        (BillingState.Active, _) when own.IsTrial => $"It is free until {own.PaidUntil:u}, and then charged.",
        (BillingState.Active, _) when own.CancelAtPeriodEnd => $"It was cancelled, and is paid for until {own.PaidUntil:u}.",
        (BillingState.Active, _) when own.IsContested => "What was paid for it is contested at your bank. If the bank takes it back, it ends with its period.",
        (BillingState.Active, _) => "It is paid for, and renews by itself.",
        (BillingState.PastDue, _) => "The last payment failed. The payment provider tries again; another card may be needed.",
        (BillingState.Unpaid, _) => "The first payment is not through yet.",
        (BillingState.Refunded, _) => $"It has ended, and {new Money(own.Refunded.AmountCents, own.Refunded.Currency).Text} was given back.",
        (_, Subscription.Missing) => "The payment provider does not know the subscription any more. Nothing is charged.",
        _ => "The subscription has ended. Nothing more is charged.",
    };

    private static string Extra(IEnumerable<RefundView> refunds) =>
        string.Concat(refunds.Select(refund => $" {new Money(refund.Amount, refund.Currency).Text} was paid for nothing and was given back."));
}

/// <summary>Reads what a customer sees of payments.</summary>
public sealed class Bills(SubscriptionStore subscriptions, BillingWatches watches, IOptions<DunningOptions> dunning)
{
    private const int SmallMax = 200;
    private const int AtOnce = 16;
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    public async Task<BillingView> OfAsync(Deployment deployment, CancellationToken ct) => BillingView.Of(
        deployment, await subscriptions.OfAsync(deployment.Account, deployment.Id, ct),
        await watches.FindAsync(deployment.Account, deployment.Id, ct) is not null, dunning.Value.KeepFor);

    /// <summary>For some of one account: what it costs grows with how many are shown, not with how many there are.</summary>
    /// <param name="account">Whose they are.</param>
    /// <param name="reading">Those that are shown, which are just being read.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<Func<Deployment, BillingView>> OfSomeAsync(
        string account, Task<IReadOnlyList<Deployment>> reading, CancellationToken ct)
    {
        var small = subscriptions.OfSmallAsync(account, SmallMax, ct);
        var paying = AskedAsync();
        await Task.WhenAll(small, paying);
        var asked = await paying;
        var taken = (await small ?? await OwnAsync(account, await reading, ct)).ToLookup(subscription => subscription.Deployment);
        return deployment => BillingView.Of(
            deployment, [.. taken[deployment.Id]], asked.Contains(deployment.Id), dunning.Value.KeepFor);

        // Whether somebody was asked to pay is said only of what was not begun.
        async Task<IReadOnlySet<string>> AskedAsync() =>
            (await reading).Any(deployment => deployment.Status is DeploymentStatus.Requested) ? await watches.OfAsync(account, ct) : None;
    }

    /// <summary>Of an account that has very many: of each deployment the one that pays for it.</summary>
    private async Task<IReadOnlyList<Subscription>> OwnAsync(string account, IReadOnlyList<Deployment> shown, CancellationToken ct)
    {
        var found = new ConcurrentBag<Subscription>();
        await Parallel.ForEachAsync(
            shown.Select(deployment => deployment.Subscription).OfType<string>(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (id, token) =>
            {
                if (await subscriptions.FindAsync(account, id, token) is { } one)
                {
                    found.Add(one);
                }
            });
        return [.. found];
    }
}
