using System.Globalization;

namespace Launchpad.Shared.Billing;

/// <summary>What pays for a deployment, as the payment provider last said.</summary>
/// <param name="Status">The provider's word: active, past_due, canceled, …, or <see cref="Missing"/>.</param>
/// <param name="AsOf">When the provider was asked; an older answer never replaces a newer one.</param>
/// <param name="PaidUntil">Null when nothing was billed yet.</param>
/// <param name="Customer">Who pays, at the provider; null while not known.</param>
/// <param name="Price">Of the next whole period, less what a promotion code takes off; null while not known.</param>
public sealed record Subscription(
    string Account, string Id, string Deployment, string Plan, string Status, DateTimeOffset AsOf, DateTimeOffset? PaidUntil = null,
    bool CancelAtPeriodEnd = false, string? Customer = null, Money? Price = null)
{
    public const string Canceled = "canceled";

    private static readonly TimeSpan Doubt = TimeSpan.FromMinutes(10);

    /// <summary>The provider does not know it (any more). No end that is believed for good: the wrong key may have been asked with.
    /// </summary>
    public const string Missing = "missing";

    /// <summary>When it began, by the provider's clock; null where that was not kept.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>What was given back of its payments; the store alone sets it.</summary>
    public Refunded Refunded { get; init; } = Refunded.Nothing;

    /// <summary>When it ended, by the provider's clock; null while it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>It has ended, and nothing of it can be paid any more; the store alone sets it.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Every payment of it that was contested; the store alone sets it.</summary>
    public IReadOnlyList<DisputeState> Disputes { get; init; } = [];

    /// <summary>The one of them that most follows from: lost, then undecided, then the newest. Null for none.</summary>
    public DisputeState? Dispute => Disputes
        .OrderByDescending(one => one.IsLost).ThenByDescending(one => one.IsUndecided).ThenByDescending(one => one.Since).FirstOrDefault();

    /// <summary>Something that was paid for it is, or may be, the customer's again.</summary>
    public bool IsContested => Disputes.Any(one => one.IsOpen);

    /// <summary>Something that was paid for it is the customer's again: it does not go on.</summary>
    public bool IsTakenBack => Disputes.Any(one => one.IsLost);

    /// <summary>The change that led to what it is now; the store alone sets it. Null before the first save.</summary>
    public SubscriptionChange? LastChange { get; init; }

    public bool IsPaid => Status is "active" || IsTrial;

    /// <summary>Nothing is charged until what it is "paid" for is over.</summary>
    public bool IsTrial => Status is "trialing";

    /// <summary>Nothing will be charged for it any more.</summary>
    public bool IsEnded => IsEnd(Status);

    public BillingState State => Status switch
    {
        "active" or "trialing" => BillingState.Active,
        "past_due" or "unpaid" or "paused" => BillingState.PastDue,
        "incomplete" => BillingState.Unpaid,
        _ => Refunded.AmountCents > 0 ? BillingState.Refunded : BillingState.Canceled,
    };

    /// <summary>What is believed: whatever is newer, and of an end that nothing follows on it, unless the provider itself says so, so much later
    /// that no clock and no slow answer explains it. Then it never ended.</summary>
    public bool Replaces(Subscription known) =>
        !known.IsEnded ? IsEnded || AsOf > known.AsOf
        : IsEnded ? known.EndedAt is null && EndedAt is not null
        : Status is not Missing && AsOf > known.AsOf + Doubt;

    public static bool IsEnd(string status) => status is Canceled or "incomplete_expired";

    /// <summary>Whether this is news to whoever knows the other one: a period that follows on another is none.</summary>
    public bool Differs(Subscription other) => (Status, Plan, CancelAtPeriodEnd) != (other.Status, other.Plan, other.CancelAtPeriodEnd);
}

/// <param name="Cents">In the smallest unit of the currency.</param>
public sealed record Money(long Cents, string Currency)
{
    /// <summary>As in "39.00 EUR".</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Cents / 100m:0.00} {Currency.ToUpperInvariant()}");
}

/// <summary>One change of a subscription, counted from 0.</summary>
/// <param name="From">What it was before; null for the first that was heard of it.</param>
public sealed record SubscriptionChange(int Number, string? From);
