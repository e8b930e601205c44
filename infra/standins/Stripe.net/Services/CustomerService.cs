using System.Net;

namespace Stripe;

/// <summary>Customers.</summary>
public class CustomerService : Service
{
    public CustomerService(IStripeClient client)
        : base(client)
    {
    }

    public virtual Task<Customer> CreateAsync(
        CustomerCreateOptions options, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<Customer>(HttpMethod.Post, "/v1/customers", options, requestOptions, cancellationToken);

    public virtual Task<Customer> GetAsync(
        string id,
        CustomerGetOptions options = null,
        RequestOptions requestOptions = null,
        CancellationToken cancellationToken = default) =>
        RequestAsync<Customer>(HttpMethod.Get, $"/v1/customers/{WebUtility.UrlEncode(id)}", options, requestOptions, cancellationToken);

    public virtual Task<StripeList<Customer>> ListAsync(
        CustomerListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        RequestAsync<StripeList<Customer>>(HttpMethod.Get, "/v1/customers", options, requestOptions, cancellationToken);

    public virtual IAsyncEnumerable<Customer> ListAutoPagingAsync(
        CustomerListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
        ListRequestAutoPagingAsync<Customer>("/v1/customers", options, requestOptions, cancellationToken);
}

/// <summary>A customer to be.</summary>
public class CustomerCreateOptions : BaseOptions, IHasMetadata
{
    public string Description { get; set; }

    public string Email { get; set; }

    public Dictionary<string, string> Metadata { get; set => field = Track(value); }

    public string Name { get; set; }
}

/// <summary>How to read a customer.</summary>
public class CustomerGetOptions : BaseOptions;

/// <summary>Which customers to list.</summary>
public class CustomerListOptions : ListOptions
{
    public string Email { get; set; }
}
