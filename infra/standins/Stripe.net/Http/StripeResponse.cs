using System.Net;
using System.Net.Http.Headers;

namespace Stripe;

/// <summary>The part of an answer that every kind of answer has.</summary>
public abstract class StripeResponseBase
{
    public StripeResponseBase(HttpStatusCode statusCode, HttpResponseHeaders headers)
    {
        StatusCode = statusCode;
        Headers = headers;
    }

    public HttpStatusCode StatusCode { get; }

    public HttpResponseHeaders Headers { get; }

    public DateTimeOffset? Date => Headers?.Date;

    public string IdempotencyKey => Header("Idempotency-Key");

    public string RequestId => Header("Request-Id");

    public override string ToString() =>
        $"<{GetType().FullName} status={(int)StatusCode} Request-Id={RequestId} Date={Date?.ToString("s")}>";

    private string Header(string name) => Headers is not null && Headers.TryGetValues(name, out var values) ? values.First() : null;
}

/// <summary>An answer read to its end.</summary>
public class StripeResponse : StripeResponseBase
{
    public StripeResponse(HttpStatusCode statusCode, HttpResponseHeaders headers, string content)
        : base(statusCode, headers)
    {
        Content = content;
    }

    public string Content { get; }
}
