using System.Net;
using System.Security.Cryptography;
using System.Text;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Shared.Billing;

/// <summary>One deployment to be paid for. <paramref name="IdempotencyKey"/>: the same key gets the same page.</summary>
public sealed record CheckoutRequest(
    string Account, string Deployment, string Email, string Plan, string PriceLookupKey, long AmountCents, string Currency,
    string SuccessUrl, string CancelUrl, string IdempotencyKey);

/// <summary>A running subscription is to be another plan's. <paramref name="IdempotencyKey"/>: one for each wish, since within a day
/// the same key changes it once.</summary>
public sealed record PlanChange(
    string Subscription, string Plan, string PriceLookupKey, long AmountCents, string Currency, string IdempotencyKey);

/// <summary>Where the customer pays.</summary>
public sealed record CheckoutLink(string SessionId, string Url);

/// <summary>A subscription as the provider knows it now. <paramref name="PaidUntil"/> is null when nothing was billed yet.</summary>
public sealed record SubscriptionState(
    string Id, string Status, string? Account, string? Deployment, string? Plan, string? Customer, DateTimeOffset? PaidUntil,
    bool CancelAtPeriodEnd);

/// <summary>Something that happened, with the state that its object is in <em>now</em>: events come twice, late and out of order.</summary>
/// <param name="Status">Of the subscription (active, past_due, canceled, …); of the checkout session (open, expired) while there is
/// none.</param>
public sealed record StripeEvent(
    string Id, string Type, DateTimeOffset Created, string? Deployment, string? Account, string? Customer, string? Subscription,
    string? Status);

/// <summary>A webhook that cannot be trusted: nothing of it may be acted upon.</summary>
public sealed class WebhookRejectedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Stripe: the hosted payment page, subscriptions, and the webhooks that alone say what was paid.</summary>
public sealed class StripeGateway(StripeConnection connection, TimeProvider clock)
{
    private const string AccountKey = "account";
    private const string DeploymentKey = "deployment";
    private const string PlanKey = "plan";
    private const int WebhookCharactersMax = 256 * 1024;

    public async Task<CheckoutLink> CreateCheckoutAsync(CheckoutRequest request, CancellationToken ct)
    {
        var price = await PriceAsync(new(request.Plan, request.PriceLookupKey, request.AmountCents, request.Currency), ct);
        var customer = await CustomerAsync(request, ct);

        // On both: the session's events find the deployment before, the subscription's events after there is a subscription.
        Dictionary<string, string> metadata = new()
        {
            [AccountKey] = request.Account,
            [DeploymentKey] = request.Deployment,
            [PlanKey] = request.Plan,
        };
        var options = new SessionCreateOptions
        {
            Mode = "subscription",
            Customer = customer,
            ClientReferenceId = request.Deployment,
            LineItems = [new() { Price = price, Quantity = 1 }],
            Metadata = metadata,
            SubscriptionData = new() { Metadata = metadata },
            SuccessUrl = request.SuccessUrl,
            CancelUrl = request.CancelUrl,
        };
        var session = await connection.RunAsync(
            (client, stop) => new SessionService(client).CreateAsync(options, Once(request.IdempotencyKey), stop), ct);
        return new(session.Id, session.Url);
    }

    /// <summary>The rest of the paid period is credited at the old price and charged at the new one, both with the next invoice. False
    /// when the subscription had that price already.</summary>
    /// <exception cref="PermanentException">When there is no such subscription any more.</exception>
    public async Task<bool> ChangePlanAsync(PlanChange change, CancellationToken ct)
    {
        var subscription = await RunningAsync(change.Subscription, ct);
        var price = await PriceAsync(new(change.Plan, change.PriceLookupKey, change.AmountCents, change.Currency), ct);
        var item = subscription.Items.Data.Single();
        var hasPrice = item.Price.Id == price;
        if (hasPrice && Value(subscription, PlanKey) == change.Plan)
        {
            return false;
        }

        var update = new SubscriptionUpdateOptions { Metadata = new() { [PlanKey] = change.Plan } };
        if (!hasPrice)
        {
            update.Items = [new() { Id = item.Id, Price = price }];
            update.ProrationBehavior = "create_prorations";
        }

        // The key stands for the change of the price: correcting the metadata alone is another request, and harmless to repeat.
        var once = hasPrice ? null : Once(change.IdempotencyKey);
        await connection.RunAsync(
            (client, stop) => new SubscriptionService(client).UpdateAsync(subscription.Id, update, once, stop), ct);
        return !hasPrice;
    }

    /// <summary>Ends it at once. One that has ended, or never was, is fine too.</summary>
    public async Task CancelSubscriptionAsync(string id, CancellationToken ct)
    {
        try
        {
            await connection.RunAsync((client, stop) => new SubscriptionService(client).CancelAsync(id, null, null, stop), ct);
        }
        catch (StripeException exception) when (IsMissing(exception))
        {
            return;
        }
    }

    public async Task<SubscriptionState?> FindSubscriptionAsync(string id, CancellationToken ct) =>
        await FindAsync(id, ct) is { } found ? State(found) : null;

    /// <summary>Verifies the text exactly as it arrived, then asks what its object looks like now.</summary>
    public async Task<StripeEvent> ReadWebhookAsync(string rawBody, string? signatureHeader, CancellationToken ct)
    {
        var received = await VerifyAsync(rawBody, signatureHeader, ct);
        var created = new DateTimeOffset(DateTime.SpecifyKind(received.Created, DateTimeKind.Utc));
        StripeEvent Of(string? account, string? deployment, string? customer, string? subscription, string? status) =>
            new(received.Id, received.Type, created, deployment, account, customer, subscription, status);

        switch (received.Data?.Object)
        {
            case Session given:
                var session = await connection.RunAsync(
                    (client, stop) => new SessionService(client).GetAsync(given.Id, Expanded("subscription"), null, stop), ct);
                return Of(
                    Value(session, AccountKey), Value(session, DeploymentKey), session.CustomerId, session.SubscriptionId,
                    session.Subscription?.Status ?? session.Status);
            case Stripe.Subscription subscription:
                return await AboutAsync(subscription.Id);
            case Invoice invoice when await CurrentAsync(invoice, ct) is { Parent.SubscriptionDetails.SubscriptionId: { } billed }:
                return await AboutAsync(billed);
            default:
                return Of(null, null, null, null, null);
        }

        async Task<StripeEvent> AboutAsync(string id) => await FindSubscriptionAsync(id, ct) is { } state
            ? Of(state.Account, state.Deployment, state.Customer, state.Id, state.Status)
            : Of(null, null, null, id, null);
    }

    // Where an invoice names its subscription depends on the version that the event was written in. One that is only announced has no id
    // to be asked by.
    private async Task<Invoice?> CurrentAsync(Invoice told, CancellationToken ct)
    {
        try
        {
            return told.Id is { } id
                ? await connection.RunAsync((client, stop) => new InvoiceService(client).GetAsync(id, null, null, stop), ct)
                : told;
        }
        catch (StripeException exception) when (IsMissing(exception))
        {
            return null;
        }
    }

    private async Task<Stripe.Subscription> RunningAsync(string id, CancellationToken ct) =>
        await FindAsync(id, ct) is { Status: not ("canceled" or "incomplete_expired") } running
            ? running
            : throw new PermanentException(
                "subscription-ended",
                "The subscription has ended, so its plan was not changed and nothing was charged. Subscribe again to use another plan.");

    private async Task<Stripe.Subscription?> FindAsync(string id, CancellationToken ct)
    {
        try
        {
            return await connection.RunAsync((client, stop) => new SubscriptionService(client).GetAsync(id, null, null, stop), ct);
        }
        catch (StripeException exception) when (IsMissing(exception))
        {
            return null;
        }
    }

    private async Task<Event> VerifyAsync(string rawBody, string? signatureHeader, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(signatureHeader))
        {
            throw new WebhookRejectedException("The Stripe-Signature header is missing.");
        }

        if (rawBody.Length > WebhookCharactersMax)
        {
            throw new WebhookRejectedException($"The event is larger than {WebhookCharactersMax / 1024} KB.");
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

    /// <summary>The price under its lookup key, made at the first sale. A price never changes: a new amount is a new price that takes
    /// the key over.</summary>
    private async Task<string> PriceAsync(PlanPrice sold, CancellationToken ct)
    {
        var wanted = new PriceListOptions { LookupKeys = [sold.LookupKey], Active = true, Limit = 1 };
        var found = await connection.RunAsync((client, stop) => new PriceService(client).ListAsync(wanted, null, stop), ct);
        var known = found.Data.Count > 0 ? found.Data[0] : null;
        if (known is not null && known.UnitAmount == sold.AmountCents
            && string.Equals(known.Currency, sold.Currency, StringComparison.OrdinalIgnoreCase))
        {
            return known.Id;
        }

        var options = new PriceCreateOptions
        {
            Currency = sold.Currency,
            UnitAmount = sold.AmountCents,
            Recurring = new() { Interval = "month" },
            LookupKey = sold.LookupKey,
            TransferLookupKey = true,
            Product = known?.ProductId,
            ProductData = known is null
                ? new() { Name = ProductName(sold.Plan), Metadata = new() { [PlanKey] = sold.Plan } }
                : null,
        };
        var key = $"price-{sold.LookupKey}-{sold.Currency}-{sold.AmountCents}-after-{known?.Id}";
        return (await connection.RunAsync((client, stop) => new PriceService(client).CreateAsync(options, Once(key), stop), ct)).Id;
    }

    /// <summary>One customer for each account and address, so that all that an account pays is found in one place.</summary>
    private async Task<string> CustomerAsync(CheckoutRequest request, CancellationToken ct)
    {
        var wanted = new CustomerListOptions { Email = request.Email, Limit = 100 };
        var known = await connection.RunAsync((client, stop) => new CustomerService(client).ListAsync(wanted, null, stop), ct);
        if (known.Data.Find(customer => Value(customer, AccountKey) == request.Account) is { } existing)
        {
            return existing.Id;
        }

        var options = new CustomerCreateOptions { Email = request.Email, Metadata = new() { [AccountKey] = request.Account } };
        var address = SHA256.HashData(Encoding.UTF8.GetBytes(request.Email));
        var key = $"customer-{request.Account}-{Convert.ToHexStringLower(address)}";
        return (await connection.RunAsync((client, stop) => new CustomerService(client).CreateAsync(options, Once(key), stop), ct)).Id;
    }

    private static SubscriptionState State(Stripe.Subscription subscription) => new(
        subscription.Id,
        subscription.Status,
        Value(subscription, AccountKey),
        Value(subscription, DeploymentKey),
        Value(subscription, PlanKey),
        subscription.CustomerId,
        subscription.Items?.Data is { Count: > 0 } items ? items.Min(item => item.CurrentPeriodEnd) : null,
        subscription.CancelAtPeriodEnd);

    private static string? Value(IHasMetadata item, string key) => item.Metadata?.GetValueOrDefault(key);

    private static string ProductName(string plan) => $"Launchpad {plan[..1].ToUpperInvariant()}{plan[1..]}";

    private static SessionGetOptions Expanded(string path) => new() { Expand = [path] };

    private static RequestOptions Once(string key) => new() { IdempotencyKey = key };

    private static bool IsMissing(StripeException exception) =>
        exception.HttpStatusCode == HttpStatusCode.NotFound && exception.StripeError?.Code == "resource_missing";

    private sealed record PlanPrice(string Plan, string LookupKey, long AmountCents, string Currency);
}
