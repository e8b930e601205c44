using System.Text.Json;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Shared.Billing;

/// <summary>Something that happened, with the state that its object is in <em>now</em>: events come twice, late and out of order.</summary>
/// <param name="Status">Of the subscription (active, past_due, canceled, …); of the checkout session (open, expired) while there is
/// none.</param>
/// <param name="Dispute">What it is about, where a payment is contested; null otherwise.</param>
/// <param name="Attempts">What was tried with cards, where it is about that; null otherwise.</param>
/// <param name="IsGone">Its object does not exist any more: what is known of it is what the event, which was signed, said itself.</param>
public sealed record StripeEvent(
    string Id, string Type, DateTimeOffset Created, string? Deployment, string? Account, string? Customer, string? Subscription,
    string? Status, bool IsGone = false, FoundDispute? Dispute = null,
    IReadOnlyList<CardAttempt>? Attempts = null);

/// <summary>A webhook that cannot be trusted: nothing of it may be acted upon.</summary>
public sealed class WebhookRejectedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What Stripe tells unasked. Only what it signed, as it was sent and lately, is believed.</summary>
public sealed class StripeWebhooks(StripeConnection connection, StripeDisputes disputes, StripeCards cards, TimeProvider clock)
{
    private const int CharactersMax = 256 * 1024;

    /// <summary>Verifies the text exactly as it arrived, then asks what its object looks like now.</summary>
    public async Task<StripeEvent> ReadAsync(string rawBody, string? signatureHeader, CancellationToken ct)
    {
        var received = await VerifyAsync(rawBody, signatureHeader, ct);
        var heard = new StripeEvent(received.Id, received.Type, received.Created, null, null, null, null, null);
        return received.About switch
        {
            { Kind: "checkout.session", Id: { } id } told => Of(heard, told, await SessionAsync(id, ct)),
            { Kind: "subscription", Id: { } id } told => Of(heard, told, id, await SubscriptionAsync(id, ct)),
            { Kind: "invoice" } told => await OfAsync(heard, told, ct),
            { Kind: "dispute", Id: { } id } => Of(heard, await disputes.FindAsync(id, ct)),
            { Kind: "charge", Id: { } id } => Of(heard, await cards.ChargedAsync(id, ct)),
            { Kind: "radar.early_fraud_warning", Charge: { } warned } =>
                Of(heard, await cards.ChargedAsync(warned, ct) is { } charged ? charged with { IsWarnedOf = true } : null),
            { Kind: "setup_intent", Id: { } id } => heard with { Attempts = await cards.SetUpAsync(id, ct) },
            _ => heard,
        };
    }

    private static StripeEvent Of(StripeEvent heard, ToldObject told, Session? now) => Of(heard, told, (IHasMetadata?)now) with
    {
        Customer = now?.CustomerId ?? told.Customer,
        Subscription = now is null ? told.Subscription : now.SubscriptionId,
        Status = now?.Subscription?.Status ?? now?.Status,
    };

    private static StripeEvent Of(StripeEvent heard, ToldObject told, string id, Stripe.Subscription? now) => Of(heard, told, now) with
    {
        Customer = now?.CustomerId ?? told.Customer,
        Subscription = id,
        Status = now?.Status,
    };

    private static StripeEvent Of(StripeEvent heard, ToldObject told, IHasMetadata? now) => heard with
    {
        Account = StripeMetadata.Account(now ?? told),
        Deployment = StripeMetadata.Deployment(now ?? told),
        IsGone = now is null,
    };

    private static StripeEvent Of(StripeEvent heard, CardAttempt? tried) => tried is null ? heard : heard with { Attempts = [tried] };

    private static StripeEvent Of(StripeEvent heard, FoundDispute? now) => now is null ? heard : heard with
    {
        Account = now.Account,
        Deployment = now.Deployment,
        Subscription = now.Subscription,
        Status = now.State.Status,
        Dispute = now,
    };

    // One that is only announced has no id to be asked by, and one that is gone names its subscription all the same.
    private async Task<StripeEvent> OfAsync(StripeEvent heard, ToldObject told, CancellationToken ct)
    {
        var now = told.Id is { } id
            ? await connection.FindAsync((client, stop) => new InvoiceService(client).GetAsync(id, null, null, stop), ct)
            : null;
        return (now?.Parent?.SubscriptionDetails?.SubscriptionId ?? told.Subscription) is { } billed
            ? Of(heard, told, billed, await SubscriptionAsync(billed, ct))
            : heard with { IsGone = told.Id is not null && now is null };
    }

    private Task<Session?> SessionAsync(string id, CancellationToken ct)
    {
        var options = new SessionGetOptions { Expand = ["subscription"] };
        return connection.FindAsync((client, stop) => new SessionService(client).GetAsync(id, options, null, stop), ct);
    }

    private Task<Stripe.Subscription?> SubscriptionAsync(string id, CancellationToken ct) =>
        connection.FindAsync((client, stop) => new SubscriptionService(client).GetAsync(id, null, null, stop), ct);

    private async Task<StripeEnvelope> VerifyAsync(string rawBody, string? signatureHeader, CancellationToken ct)
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
        StripeEnvelope received;
        try
        {
            received = Open(rawBody, signatureHeader, secret);
        }
        catch (WebhookRejectedException)
        {
            // The secret may have been changed in the vault since it was read.
            var fresh = await connection.FreshWebhookSecretAsync(ct);
            if (fresh == secret)
            {
                throw;
            }

            received = Open(rawBody, signatureHeader, fresh);
        }

        return received.IsLive == await connection.IsLiveAsync(ct)
            ? received
            : throw new WebhookRejectedException(
                $"The event is of {(received.IsLive ? "live" : "test")} mode, the configured key is not.");
    }

    private StripeEnvelope Open(string rawBody, string signatureHeader, string secret)
    {
        try
        {
            // Our own clock.
            EventUtility.ValidateSignature(
                rawBody, signatureHeader, secret, EventUtility.DefaultTimeTolerance, clock.GetUtcNow().ToUnixTimeSeconds());
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new WebhookRejectedException("The event is not signed by the payment provider, or not recent.", exception);
        }

        try
        {
            return StripeEnvelope.Read(rawBody);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentOutOfRangeException or InvalidOperationException)
        {
            throw new WebhookRejectedException("What is signed is no event.", exception);
        }
    }
}
