using Stripe;
using Stripe.Checkout;

namespace Launchpad.Shared.Billing;

/// <summary>Something that happened, with the state that its object is in <em>now</em>: events come twice, late and out of order.</summary>
/// <param name="Status">Of the subscription (active, past_due, canceled, …); of the checkout session (open, expired) while there is
/// none.</param>
/// <param name="Dispute">What it is about, where a payment is contested; null otherwise.</param>
/// <param name="Attempt">What it was tried to pay with, where it is about a card; null otherwise.</param>
/// <param name="IsGone">Its object does not exist any more: what is known of it is what the event, which was signed, said itself.</param>
public sealed record StripeEvent(
    string Id, string Type, DateTimeOffset Created, string? Deployment, string? Account, string? Customer, string? Subscription,
    string? Status, bool IsGone = false, FoundDispute? Dispute = null,
    CardAttempt? Attempt = null);

/// <summary>A webhook that cannot be trusted: nothing of it may be acted upon.</summary>
public sealed class WebhookRejectedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What Stripe tells unasked. Only what it signed, as it was sent and lately, is believed.</summary>
public sealed class StripeWebhooks(StripeConnection connection, StripeDisputes disputes, StripeCharges charges, TimeProvider clock)
{
    private const int CharactersMax = 256 * 1024;

    /// <summary>Verifies the text exactly as it arrived, then asks what its object looks like now.</summary>
    public async Task<StripeEvent> ReadAsync(string rawBody, string? signatureHeader, CancellationToken ct)
    {
        var received = await VerifyAsync(rawBody, signatureHeader, ct);
        var heard = new StripeEvent(
            received.Id, received.Type, new(DateTime.SpecifyKind(received.Created, DateTimeKind.Utc)), null, null, null, null, null);
        return received.Data?.Object switch
        {
            Session session => Of(heard, session, await CurrentAsync(session, ct)),
            Stripe.Subscription subscription => Of(heard, subscription, await CurrentAsync(subscription.Id, ct)),
            Invoice invoice => await OfAsync(heard, invoice, ct),
            Dispute dispute => Of(heard, await disputes.FindAsync(dispute.Id, ct)),
            Charge charge => heard with { Attempt = await charges.FindAsync(charge.Id, ct) },
            Stripe.Radar.EarlyFraudWarning { ChargeId: { } warned } =>
                heard with { Attempt = await charges.FindAsync(warned, ct) is { } charged ? charged with { IsWarnedOf = true } : null },
            _ => heard,
        };
    }

    private static StripeEvent Of(StripeEvent heard, Session told, Session? now) => heard with
    {
        Account = StripeMetadata.Account(now ?? told),
        Deployment = StripeMetadata.Deployment(now ?? told),
        Customer = (now ?? told).CustomerId,
        Subscription = (now ?? told).SubscriptionId,
        Status = now?.Subscription?.Status ?? now?.Status,
        IsGone = now is null,
    };

    private static StripeEvent Of(StripeEvent heard, Stripe.Subscription told, Stripe.Subscription? now) => heard with
    {
        Account = StripeMetadata.Account(now ?? told),
        Deployment = StripeMetadata.Deployment(now ?? told),
        Customer = (now ?? told).CustomerId,
        Subscription = told.Id,
        Status = now?.Status,
        IsGone = now is null,
    };

    private static StripeEvent Of(StripeEvent heard, FoundDispute? now) => now is null ? heard : heard with
    {
        Account = now.Account,
        Deployment = now.Deployment,
        Subscription = now.Subscription,
        Status = now.State.Status,
        Dispute = now,
    };

    // Where an invoice names its subscription depends on the version that the event was written in. One that is only announced has no id
    // to be asked by.
    private async Task<StripeEvent> OfAsync(StripeEvent heard, Invoice told, CancellationToken ct)
    {
        var now = told.Id is { } id
            ? await connection.FindAsync((client, stop) => new InvoiceService(client).GetAsync(id, null, null, stop), ct)
            : told;
        var about = (now ?? told).Parent?.SubscriptionDetails;
        if (about?.SubscriptionId is not { } billed)
        {
            return heard with { IsGone = now is null };
        }

        var named = new Stripe.Subscription { Id = billed, Metadata = about.Metadata, CustomerId = told.CustomerId };
        return Of(heard, named, await CurrentAsync(billed, ct));
    }

    private Task<Session?> CurrentAsync(Session told, CancellationToken ct)
    {
        var options = new SessionGetOptions { Expand = ["subscription"] };
        return connection.FindAsync((client, stop) => new SessionService(client).GetAsync(told.Id, options, null, stop), ct);
    }

    private Task<Stripe.Subscription?> CurrentAsync(string subscription, CancellationToken ct) =>
        connection.FindAsync((client, stop) => new SubscriptionService(client).GetAsync(subscription, null, null, stop), ct);

    private async Task<Event> VerifyAsync(string rawBody, string? signatureHeader, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(signatureHeader))
        {
            throw new WebhookRejectedException("The Stripe-Signature header is missing.");
        }

        if (rawBody.Length > CharactersMax)
        {
            throw new WebhookRejectedException($"The event is larger than {CharactersMax / 1024} KB.");
        }

        var secret = await connection.WebhookSecretAsync(ct);
        Event received;
        try
        {
            received = Construct(rawBody, signatureHeader, secret);
        }
        catch (WebhookRejectedException)
        {
            // The secret may have been changed in the vault since it was read.
            var fresh = await connection.FreshWebhookSecretAsync(ct);
            if (fresh == secret)
            {
                throw;
            }

            received = Construct(rawBody, signatureHeader, fresh);
        }

        return received.Livemode == await connection.IsLiveAsync(ct)
            ? received
            : throw new WebhookRejectedException(
                $"The event is of {(received.Livemode ? "live" : "test")} mode, the configured key is not.");
    }

    private Event Construct(string rawBody, string signatureHeader, string secret)
    {
        try
        {
            // Our own clock, and no check of the version: what matters is fetched, in the version of this client.
            return EventUtility.ConstructEvent(
                rawBody, signatureHeader, secret, EventUtility.DefaultTimeTolerance, clock.GetUtcNow().ToUnixTimeSeconds(),
                throwOnApiVersionMismatch: false) ?? throw new FormatException("The event is empty.");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new WebhookRejectedException("The event is not signed by the payment provider, or not recent.", exception);
        }
    }
}
