using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>What a plan costs at Stripe.</summary>
/// <param name="Name">As people read it on their bills.</param>
public sealed record PlanPrice(string Plan, string LookupKey, long AmountCents, string Currency, string Name)
{
    public static PlanPrice Of(Plans.Plan plan) => new(plan.Id, plan.PriceLookupKey, plan.MonthlyCents, plan.Currency, plan.Name);
}

/// <summary>The prices that are sold. A price never changes: a new amount is a new price that takes the lookup key over.</summary>
public sealed class StripePrices(StripeConnection connection)
{
    private const string PlanKey = "plan";

    /// <summary>Whether who pays this price pays for that plan, be it what it costs today or what it cost when they bought it.</summary>
    internal static bool Pays(Price price, PlanPrice plan) =>
        price.Metadata?.GetValueOrDefault(PlanKey) is { } sold ? sold == plan.Plan : Costs(price, plan);

    /// <summary>The price that a subscription would have with a plan: who has that plan keeps what they bought it for.</summary>
    internal async Task<string> ToBePaidAsync(Price now, PlanPrice plan, CancellationToken ct) =>
        Pays(now, plan) ? now.Id : await IdAsync(plan, ct);

    /// <summary>The price under its lookup key, made at the first sale, and again when the operator has archived it.</summary>
    internal async Task<string> IdAsync(PlanPrice sold, CancellationToken ct)
    {
        var wanted = new PriceListOptions { LookupKeys = [sold.LookupKey], Active = true, Limit = 1, Expand = ["data.product"] };
        var found = await connection.RunAsync((client, stop) => new PriceService(client).ListAsync(wanted, null, stop), ct);
        var known = found.Data.Find(price => price.Product is { Active: true });
        return known is not null && Costs(known, sold) ? known.Id : await MakeAsync(sold, known, ct);
    }

    private async Task<string> MakeAsync(PlanPrice sold, Price? known, CancellationToken ct)
    {
        Dictionary<string, string> metadata = new() { [PlanKey] = sold.Plan };
        var options = new PriceCreateOptions
        {
            Currency = sold.Currency,
            UnitAmount = sold.AmountCents,
            Recurring = new() { Interval = "month" },
            LookupKey = sold.LookupKey,
            TransferLookupKey = true,
            Metadata = metadata,
            Product = known?.ProductId,
            ProductData = known is null ? new() { Name = $"Launchpad {sold.Name}", Metadata = metadata } : null,
        };
        var price = await connection.MakeAsync(
            $"price-{sold.LookupKey}-{sold.Currency}-{sold.AmountCents}-of-{known?.ProductId}",
            (client, once, stop) => new PriceService(client).CreateAsync(options, once, stop), id => IsSoldAsync(id, ct), ct);
        return price.Id;
    }

    private async Task<bool> IsSoldAsync(string id, CancellationToken ct)
    {
        var options = new PriceGetOptions { Expand = ["product"] };
        return await connection.FindAsync((client, stop) => new PriceService(client).GetAsync(id, options, null, stop), ct)
            is { Active: true, Product.Active: true, LookupKey: not null };
    }

    private static bool Costs(Price price, PlanPrice plan) => price.UnitAmount == plan.AmountCents
        && string.Equals(price.Currency, plan.Currency, StringComparison.OrdinalIgnoreCase);
}
