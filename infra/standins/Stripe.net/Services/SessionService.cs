using System.Net;

namespace Stripe.Checkout;

/// <summary>Checkout sessions.</summary>
public class SessionService : Service
{
    private const string Path = "/v1/checkout/sessions";

    public SessionService(IStripeClient client)
        : base(client)
    {
    }

    public virtual Task<Session> CreateAsync(
        SessionCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Session>(HttpMethod.Post, Path, options, requestOptions, cancellationToken);

    public virtual Task<Session> ExpireAsync(
        string id,
        SessionExpireOptions options = null,
        RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        RequestAsync<Session>(HttpMethod.Post, $"{Path}/{WebUtility.UrlEncode(id)}/expire", options, requestOptions, cancellationToken);

    public virtual Task<Session> GetAsync(
        string id,
        SessionGetOptions options = null,
        RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        RequestAsync<Session>(HttpMethod.Get, $"{Path}/{WebUtility.UrlEncode(id)}", options, requestOptions, cancellationToken);

    public virtual Task<StripeList<Session>> ListAsync(
        SessionListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<Session>>(HttpMethod.Get, Path, options, requestOptions, cancellationToken);
}

/// <summary>A visit to the payment page to be.</summary>
public class SessionCreateOptions : BaseOptions, IHasMetadata
{
    public string CancelUrl { get; set; }

    public string ClientReferenceId { get; set; }

    public string Customer { get; set; }

    public string CustomerEmail { get; set; }

    public DateTime? ExpiresAt { get; set; }

    public List<SessionLineItemOptions> LineItems { get; set; }

    public Dictionary<string, string> Metadata { get; set; }

    public string Mode { get; set; }

    public SessionSubscriptionDataOptions SubscriptionData { get; set; }

    public string SuccessUrl { get; set; }
}

/// <summary>What is bought.</summary>
public class SessionLineItemOptions : INestedOptions
{
    public string Price { get; set; }

    public long? Quantity { get; set; }
}

/// <summary>What the subscription that the visit ends in gets.</summary>
public class SessionSubscriptionDataOptions : INestedOptions, IHasMetadata
{
    public string Description { get; set; }

    public Dictionary<string, string> Metadata { get; set; }
}

/// <summary>How to expire a session.</summary>
public class SessionExpireOptions : BaseOptions;

/// <summary>How to read a session.</summary>
public class SessionGetOptions : BaseOptions;

/// <summary>Which sessions to list.</summary>
public class SessionListOptions : ListOptions
{
    public string Customer { get; set; }

    public string Status { get; set; }

    public string Subscription { get; set; }
}
