using System.Net;

namespace Stripe;

/// <summary>Subscriptions.</summary>
public class SubscriptionService : Service
{
    private const string Path = "/v1/subscriptions";

    public SubscriptionService(IStripeClient client)
        : base(client)
    {
    }

    public virtual Task<Subscription> CancelAsync(
        string id,
        SubscriptionCancelOptions options = null,
        RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        RequestAsync<Subscription>(HttpMethod.Delete, $"{Path}/{WebUtility.UrlEncode(id)}", options, requestOptions, cancellationToken);

    public virtual Task<Subscription> GetAsync(
        string id,
        SubscriptionGetOptions options = null,
        RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        RequestAsync<Subscription>(HttpMethod.Get, $"{Path}/{WebUtility.UrlEncode(id)}", options, requestOptions, cancellationToken);

    public virtual Task<StripeList<Subscription>> ListAsync(
        SubscriptionListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<Subscription>>(HttpMethod.Get, Path, options, requestOptions, cancellationToken);

    public virtual IAsyncEnumerable<Subscription> ListAutoPagingAsync(
        SubscriptionListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        ListRequestAutoPagingAsync<Subscription>(Path, options, requestOptions, cancellationToken);

    public virtual Task<Subscription> UpdateAsync(
        string id,
        SubscriptionUpdateOptions options,
        RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        RequestAsync<Subscription>(HttpMethod.Post, $"{Path}/{WebUtility.UrlEncode(id)}", options, requestOptions, cancellationToken);
}

/// <summary>What changes of a subscription.</summary>
public class SubscriptionUpdateOptions : BaseOptions, IHasMetadata
{
    public List<SubscriptionItemOptions> Items { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string ProrationBehavior { get; set; }
}

/// <summary>An item of a subscription, as it is to be.</summary>
public class SubscriptionItemOptions : INestedOptions, IHasId, IHasMetadata
{
    public string Id { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Price { get; set; }

    public long? Quantity { get; set; }
}

/// <summary>How to end a subscription.</summary>
public class SubscriptionCancelOptions : BaseOptions
{
    public bool? InvoiceNow { get; set; }

    public bool? Prorate { get; set; }
}

/// <summary>How to read a subscription.</summary>
public class SubscriptionGetOptions : BaseOptions;

/// <summary>Which subscriptions to list: those not canceled, unless a status is asked for.</summary>
public class SubscriptionListOptions : ListOptions
{
    public string Customer { get; set; }

    public string Price { get; set; }

    public string Status { get; set; }
}
