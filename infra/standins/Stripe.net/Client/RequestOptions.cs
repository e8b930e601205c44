namespace Stripe;

/// <summary>What one request may do differently from its client.</summary>
public class RequestOptions
{
    public string ApiKey { get; set; }

    public string IdempotencyKey { get; set; }
}
