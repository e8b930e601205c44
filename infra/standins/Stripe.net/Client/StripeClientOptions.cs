namespace Stripe;

/// <summary>How a <see cref="StripeClient"/> reaches the API and as whom.</summary>
public class StripeClientOptions
{
    public string ApiKey { get; set; }

    public IHttpClient HttpClient { get; set; }

    public string ApiBase { get; set; }

    internal StripeClientOptions Clone() => (StripeClientOptions)MemberwiseClone();
}
