using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>What promotion codes take off what a subscription costs.</summary>
internal static class StripeDiscounts
{
    /// <summary>Without it, only the ids of what is taken off are told.</summary>
    public const string Expand = "discounts.source.coupon";

    /// <summary>What is left of a price at a moment. What is taken off once only is not there any more after it was.</summary>
    public static long Left(Stripe.Subscription subscription, long cents, DateTime at) =>
        (subscription.Discounts ?? []).Where(discount => discount?.End is not { } end || end > at)
            .Aggregate(cents, (left, discount) => left - Off(discount?.Source?.Coupon, left));

    private static long Off(Coupon? coupon, long cents) => coupon switch
    {
        { PercentOff: { } percent } => (long)Math.Round(cents * percent / 100m, MidpointRounding.AwayFromZero),
        { AmountOff: { } amount } => Math.Min(amount, cents),
        _ => 0,
    };
}
