using System.Net.Http.Headers;
using System.Text;
using Stripe.Infrastructure;

namespace Stripe;

/// <summary>One call, fixed before it is first sent: every retry repeats the same headers, so the same idempotency key.</summary>
public class StripeRequest
{
    private readonly BaseOptions options;

    public StripeRequest(IStripeClient client, HttpMethod method, string path, BaseOptions options, RequestOptions requestOptions)
    {
        ArgumentNullException.ThrowIfNull(client);

        this.options = options;
        Method = method;
        Uri = Address(client.ApiBase + path, method, options);
        AuthorizationHeader = Authorization(requestOptions?.ApiKey ?? client.ApiKey);
        StripeHeaders = new Dictionary<string, string> { ["Stripe-Version"] = StripeConfiguration.ApiVersion };

        if (!string.IsNullOrEmpty(requestOptions?.IdempotencyKey))
        {
            StripeHeaders["Idempotency-Key"] = requestOptions.IdempotencyKey;
        }
        else if (method == HttpMethod.Post)
        {
            StripeHeaders["Idempotency-Key"] = Guid.NewGuid().ToString();
        }
    }

    public HttpMethod Method { get; }

    public Uri Uri { get; }

    public AuthenticationHeaderValue AuthorizationHeader { get; }

    public IDictionary<string, string> StripeHeaders { get; }

    /// <summary>A new content each time: sending disposes of it.</summary>
    public HttpContent Content => Method == HttpMethod.Post
        ? new ByteArrayContent(Encoding.UTF8.GetBytes(FormEncoder.Encode(options)))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded", "utf-8") },
        }
        : null;

    public override string ToString() => $"<{GetType().FullName} Method={Method} Uri={Uri}>";

    private static Uri Address(string address, HttpMethod method, BaseOptions options)
    {
        var query = method == HttpMethod.Post ? string.Empty : FormEncoder.Encode(options);
        return new Uri(query.Length == 0 ? address : $"{address}?{query}");
    }

    private static AuthenticationHeaderValue Authorization(string apiKey) => apiKey is null
        ? throw new StripeException("No API key provided. Set your API key using `var client = new Stripe.StripeClient(\"<API-KEY>\")`.")
        : new AuthenticationHeaderValue("Bearer", apiKey);
}
