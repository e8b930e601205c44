using System.Security.Cryptography;
using System.Text;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Shared.Billing;

/// <summary>One deployment to be paid for.</summary>
public sealed record CheckoutRequest(
    string Account, string Deployment, string Email, PlanPrice Price, string SuccessUrl, string CancelUrl);

/// <summary>Where the customer pays.</summary>
public sealed record CheckoutLink(string SessionId, string Url);

/// <summary>A payment page as it is now.</summary>
/// <param name="Subscription">What was sold on it; null while it is open, and for good when it expired.</param>
/// <param name="Price">The id of what it sells.</param>
public sealed record CheckoutPage(CheckoutLink Link, bool IsOpen, string? Subscription, string? Customer, string? Price);

/// <summary>Stripe's hosted payment page, and who pays on it.</summary>
public sealed class StripeCheckout(StripeConnection connection, StripePrices prices)
{
    private const int CustomersMax = 100;

    /// <summary>One customer for each account, so that all that an account pays is found in one place.</summary>
    /// <param name="request">Whose order it is.</param>
    /// <param name="known">The customer it was before; null for not known.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<string> CustomerAsync(CheckoutRequest request, string? known, CancellationToken ct)
    {
        if (known is not null && await IsThereAsync(known, ct))
        {
            return known;
        }

        var wanted = new CustomerListOptions { Email = request.Email, Limit = CustomersMax };
        var found = await connection.RunAsync((client, stop) => new CustomerService(client).ListAsync(wanted, null, stop), ct);
        if (found.Data.Find(customer => StripeMetadata.Account(customer) == request.Account) is { } existing)
        {
            return existing.Id;
        }

        var options = new CustomerCreateOptions
        {
            Email = request.Email,
            Metadata = new() { [StripeMetadata.AccountKey] = request.Account },
        };
        var made = await connection.MakeAsync(
            $"customer-{request.Account}-{Hash(request.Email)}",
            (client, once, stop) => new CustomerService(client).CreateAsync(options, once, stop), id => IsThereAsync(id, ct), ct);
        return made.Id;
    }

    /// <summary>Asked for again, it is the same page for as long as that one is open.</summary>
    public async Task<CheckoutLink> CreateAsync(CheckoutRequest request, string customer, CancellationToken ct)
    {
        var price = await prices.IdAsync(request.Price, ct);

        // On both: the session's events find the deployment before, the subscription's events after there is a subscription.
        var metadata = StripeMetadata.Of(request.Account, request.Deployment, request.Price.Plan);
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
        var what = Hash($"{customer} {price} {request.SuccessUrl} {request.CancelUrl}");
        var session = await connection.MakeAsync(
            $"checkout-{request.Deployment}-{what}", (client, once, stop) => new SessionService(client).CreateAsync(options, once, stop),
            async id => await FindAsync(id, ct) is { IsOpen: true }, ct);
        return new(session.Id, session.Url);
    }

    public async Task<CheckoutPage?> FindAsync(string id, CancellationToken ct)
    {
        var options = new SessionGetOptions { Expand = ["line_items"] };
        return await connection.FindAsync((client, stop) => new SessionService(client).GetAsync(id, options, null, stop), ct) is { } found
            ? new(
                new(found.Id, found.Url), found.Status == "open", found.SubscriptionId, found.CustomerId,
                found.LineItems?.Data.FirstOrDefault()?.Price?.Id)
            : null;
    }

    /// <summary>Whether the page sells to the customer what the request wants, for the same price.</summary>
    public async Task<bool> SellsAsync(CheckoutPage page, CheckoutRequest request, string customer, CancellationToken ct) =>
        page.Customer == customer && page.Price == await prices.IdAsync(request.Price, ct);

    /// <summary>The ids of a deployment's pages that a person could still pay on.</summary>
    public async Task<IReadOnlyList<string>> OpenAsync(string customer, string deployment, CancellationToken ct) =>
        await connection.RunAsync(
            async (client, stop) => await new SessionService(client)
                .ListAutoPagingAsync(new() { Customer = customer, Status = "open", Limit = 100 }, cancellationToken: stop)
                .Where(session => StripeMetadata.Deployment(session) == deployment)
                .Select(session => session.Id)
                .ToListAsync(stop),
            ct);

    /// <summary>Nobody can pay on it any more. One that was paid stays what it is: the answer is how it is now.</summary>
    public async Task<CheckoutPage?> CloseAsync(string id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is var page && page is not { IsOpen: true })
        {
            return page;
        }

        try
        {
            await connection.RunAsync((client, stop) => new SessionService(client).ExpireAsync(id, null, null, stop), ct);
        }
        catch (PermanentException)
        {
            // Unless it was paid, or expired by itself, in between.
            if (await FindAsync(id, ct) is { IsOpen: true })
            {
                throw;
            }
        }

        return await FindAsync(id, ct);
    }

    private async Task<bool> IsThereAsync(string customer, CancellationToken ct) =>
        await connection.FindAsync((client, stop) => new CustomerService(client).GetAsync(customer, null, null, stop), ct)
            is { Deleted: not true };

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
