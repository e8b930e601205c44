namespace Stripe;

/// <summary>Prices.</summary>
public class PriceService : Service
{
    public PriceService(IStripeClient client)
        : base(client)
    {
    }

    public virtual Task<Price> CreateAsync(
        PriceCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Price>(HttpMethod.Post, "/v1/prices", options, requestOptions, cancellationToken);

    public virtual Task<StripeList<Price>> ListAsync(
        PriceListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<Price>>(HttpMethod.Get, "/v1/prices", options, requestOptions, cancellationToken);
}

/// <summary>A price to be.</summary>
public class PriceCreateOptions : BaseOptions, IHasMetadata
{
    public string Currency { get; set; }

    public string LookupKey { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Nickname { get; set; }

    public string Product { get; set; }

    public PriceProductDataOptions ProductData { get; set; }

    public PriceRecurringOptions Recurring { get; set; }

    public bool? TransferLookupKey { get; set; }

    public long? UnitAmount { get; set; }
}

/// <summary>A product made together with its price.</summary>
public class PriceProductDataOptions : INestedOptions, IHasId, IHasMetadata
{
    public string Id { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Name { get; set; }
}

/// <summary>How often a price is to be charged.</summary>
public class PriceRecurringOptions : INestedOptions
{
    public string Interval { get; set; }

    public long? IntervalCount { get; set; }
}

/// <summary>Which prices to list.</summary>
public class PriceListOptions : ListOptions
{
    public bool? Active { get; set; }

    public List<string> LookupKeys { get; set; }

    public string Product { get; set; }
}
