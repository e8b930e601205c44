namespace Stripe;

/// <summary>Carries a request to the API and retries what may be retried.</summary>
public interface IHttpClient
{
    Task<StripeResponse> MakeRequestAsync(StripeRequest request, CancellationToken cancellationToken = default);
}
