using Launchpad.Shared.Health;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Billing;

/// <summary>Gives money back, writes it down for the customer, and calls a person where the provider refuses.</summary>
public sealed class Refunds(StripeRefunds stripe, SubscriptionStore store, Recorder recorder, Pager pager)
{
    private const string Actor = "payment";

    /// <param name="subscription">Whose payments.</param>
    /// <param name="from">What was paid from this moment on goes back; null for only what was paid after its end.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task RefundAsync(Subscription subscription, DateTimeOffset? from, CancellationToken ct)
    {
        Refunded total;
        try
        {
            total = await stripe.RefundAsync(subscription.Id, from ?? DateTimeOffset.MaxValue, subscription.EndedAt, ct);
        }
        catch (PermanentException refused) when (refused.Code == StripeRefusals.Code && !refused.IsMissing())
        {
            await recorder.ActOnceAsync(
                $"refund-refused-{subscription.Id}", subscription.Deployment, Actor, "refund-refused",
                new { subscription = subscription.Id }, ct);
            await pager.RaiseAsync(
                PageKind.RefundRefused, subscription.Deployment,
                $"What was paid for {subscription.Id} has to be given back by hand. {refused.Message}", ct);
            return;
        }
        catch (PermanentException missing) when (missing.IsMissing())
        {
            return;
        }

        if (total.AmountCents > 0)
        {
            await store.SaveAsync(subscription, total, ct);
            await recorder.ActOnceAsync(
                $"refunded-{subscription.Id}-{total.AmountCents}", subscription.Deployment, Actor, "refunded",
                new { subscription = subscription.Id, amount = total.AmountCents, total.Currency }, ct);
        }
    }
}
