using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Shared.Billing;

/// <summary>An account, as the provider knows it.</summary>
public record Payer(string Account, string Email);

/// <summary>One deployment to be paid for.</summary>
/// <param name="Before">The subscriptions that paid for it and have ended; null for none.</param>
public sealed record CheckoutRequest(
    string Account, string Deployment, string Email, PlanPrice Price, string SuccessUrl, string CancelUrl,
    IReadOnlyList<string>? Before = null) : Payer(Account, Email)
{
    /// <summary>For how many days nothing is charged; 0 for none.</summary>
    public int TrialDays { get; init; }

    /// <summary>Whether a promotion code can be typed.</summary>
    public bool TakesCodes { get; init; }
}

/// <summary>Where the customer pays.</summary>
public sealed record CheckoutLink(string SessionId, string Url);

/// <summary>A payment page as it is now.</summary>
/// <param name="Subscription">What was sold on it; null while it is open, and for good when it expired.</param>
/// <param name="Price">The id of what it sells.</param>
/// <param name="TrialDays">For how many days that is free; 0 for none.</param>
public sealed record CheckoutPage(
    CheckoutLink Link, bool IsOpen, string? Subscription, string? Customer, string? Price, int TrialDays, bool TakesCodes);

/// <summary>Stripe's hosted payment page, and who pays on it.</summary>
public sealed class StripeCheckout(StripeConnection connection, StripePrices prices)
{
    private const int CustomersMax = 100;

    /// <summary>One customer for each account, so that all that an account pays is found in one place.</summary>
    /// <param name="payer">Whose order it is.</param>
    /// <param name="known">The customer it was before; null for not known.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<string> CustomerAsync(Payer payer, string? known, CancellationToken ct)
    {
        if (await FindCustomerAsync(payer, known, ct) is { } existing)
        {
            return existing;
        }

        var options = new CustomerCreateOptions
        {
            Email = payer.Email,
            Metadata = new() { [StripeMetadata.AccountKey] = payer.Account, [StripeMetadata.EmailKey] = payer.Email },
        };
        var made = await connection.MakeAsync(
            $"customer-{payer.Account}-{Hash(payer.Email)}",
            (client, once, stop) => new CustomerService(client).CreateAsync(options, once, stop), id => IsThereAsync(id, ct), ct);
        return made.Id;
    }

    /// <summary>Null when nothing was ever asked of the account.</summary>
    /// <inheritdoc cref="CustomerAsync"/>
    public async Task<string?> FindCustomerAsync(Payer payer, string? known, CancellationToken ct)
    {
        if (known is not null && await GetAsync(known, ct) is { } customer)
        {
            await FollowAsync(customer, payer, ct);
            return known;
        }

        var wanted = new CustomerListOptions { Email = payer.Email, Limit = CustomersMax };
        var found = await connection.RunAsync((client, stop) => new CustomerService(client).ListAsync(wanted, null, stop), ct);
        return found.Data.Find(customer => StripeMetadata.Account(customer) == payer.Account)?.Id;
    }

    /// <summary>The provider forgets the account's customer: cards that were kept, and the address that bills went to. Bills and payments stay,
    /// and whatever would still be charged is not.</summary>
    /// <inheritdoc cref="CustomerAsync"/>
    public async Task ForgetAsync(Payer payer, string? known, CancellationToken ct)
    {
        for (var one = 0; one < CustomersMax && await FindCustomerAsync(payer, known, ct) is { } customer; one++)
        {
            await connection.FindAsync((client, stop) => new CustomerService(client).DeleteAsync(customer, null, null, stop), ct);
        }
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
            Metadata = request.TrialDays > 0 ? new(metadata) { [StripeMetadata.TrialKey] = Text(request.TrialDays) } : metadata,
            SubscriptionData = new() { Metadata = metadata, TrialPeriodDays = request.TrialDays > 0 ? request.TrialDays : null },
            AllowPromotionCodes = request.TakesCodes ? true : null,
            // Of a trial too: what is charged afterwards is charged to it.
            PaymentMethodCollection = "always",
            SuccessUrl = request.SuccessUrl,
            CancelUrl = request.CancelUrl,
        };
        var what = Hash($"{customer} {price} {request.TrialDays} {request.TakesCodes} {request.SuccessUrl} {request.CancelUrl}");
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
                found.LineItems?.Data.FirstOrDefault()?.Price?.Id, TrialDays(found), found.AllowPromotionCodes is true)
            : null;
    }

    /// <summary>Whether the page sells to the customer what the request wants, for the same price and on the same terms.</summary>
    public async Task<bool> SellsAsync(CheckoutPage page, CheckoutRequest request, string customer, CancellationToken ct) =>
        (page.Customer, page.TrialDays, page.TakesCodes) == (customer, request.TrialDays, request.TakesCodes)
        && page.Price == await prices.IdAsync(request.Price, ct);

    /// <summary>The ids of a deployment's pages that a person could still pay on.</summary>
    public Task<IReadOnlyList<string>> OpenAsync(string customer, string deployment, CancellationToken ct) =>
        OpenAsync(customer, session => StripeMetadata.Deployment(session) == deployment, ct);

    /// <summary>The ids of a customer's pages on which a trial could still be begun.</summary>
    public Task<IReadOnlyList<string>> OpenTrialsAsync(string customer, CancellationToken ct) =>
        OpenAsync(customer, session => TrialDays(session) > 0, ct);

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

    private async Task<IReadOnlyList<string>> OpenAsync(string customer, Func<Session, bool> wanted, CancellationToken ct) =>
        await connection.RunAsync(
            async (client, stop) => await new SessionService(client)
                .ListAutoPagingAsync(new() { Customer = customer, Status = "open", Limit = 100 }, cancellationToken: stop)
                .Where(wanted)
                .Select(session => session.Id)
                .ToListAsync(stop),
            ct);

    private async Task<bool> IsThereAsync(string customer, CancellationToken ct) => await GetAsync(customer, ct) is not null;

    private async Task<Stripe.Customer?> GetAsync(string customer, CancellationToken ct) =>
        await connection.FindAsync((client, stop) => new CustomerService(client).GetAsync(customer, null, null, stop), ct)
            is { Deleted: not true } found ? found : null;

    /// <summary>Bills go to the address that the account has now, where they were never sent elsewhere: customers may have them sent to
    /// whom they like.</summary>
    private async Task FollowAsync(Stripe.Customer customer, Payer payer, CancellationToken ct)
    {
        if (customer.Email == payer.Email || customer.Email != StripeMetadata.Value(customer, StripeMetadata.EmailKey))
        {
            return;
        }

        var moved = new CustomerUpdateOptions { Email = payer.Email, Metadata = new() { [StripeMetadata.EmailKey] = payer.Email } };
        await connection.RunAsync((client, stop) => new CustomerService(client).UpdateAsync(customer.Id, moved, null, stop), ct);
    }

    private static int TrialDays(Session session) =>
        int.TryParse(StripeMetadata.Value(session, StripeMetadata.TrialKey), CultureInfo.InvariantCulture, out var days) ? days : 0;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
