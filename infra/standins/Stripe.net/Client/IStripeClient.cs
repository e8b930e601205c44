namespace Stripe;

/// <summary>What a service needs in order to speak to the API.</summary>
public interface IStripeClient
{
    string ApiBase { get; }

    string ApiKey { get; }

    Task<T> RequestAsync<T>(
        HttpMethod method,
        string path,
        BaseOptions options,
        RequestOptions requestOptions,
        CancellationToken cancellationToken = default)
        where T : IStripeEntity;
}
