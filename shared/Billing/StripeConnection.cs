using System.Net;
using Launchpad.Shared.Secrets;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>The way to Stripe: the key from the vault, time limits, and patience when it is asked for. The package itself retries broken
/// connections, 409 and 5xx under one idempotency key; this adds what it leaves to its caller, 429.</summary>
public sealed class StripeConnection : IDisposable
{
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromSeconds(10);

    private readonly StripeOptions _options;
    private readonly HttpClient _http;
    private readonly CachedSecret _apiKey;
    private readonly CachedSecret _webhookSecret;
    private readonly ResiliencePipeline _throttling;
    private volatile StripeClient? _client;

    public StripeConnection(IOptions<StripeOptions> options, SecretVault vault, TimeProvider clock)
    {
        _options = options.Value;
        _http = new HttpClient { Timeout = _options.Timeout };
        _apiKey = new CachedSecret(vault, _options.ApiKeySecret, clock);
        _webhookSecret = new CachedSecret(vault, _options.WebhookSecret, clock);
        _throttling = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder()
                    .Handle<StripeException>(exception => exception.HttpStatusCode == HttpStatusCode.TooManyRequests),
                MaxRetryAttempts = 4,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(500),
                DelayGenerator = arguments => ValueTask.FromResult(AskedFor(arguments.Outcome.Exception)),
            })
            .Build();
    }

    /// <summary>Refuses to start without a key and a webhook secret: with an empty one, anybody could sign.</summary>
    public async Task CheckAsync(CancellationToken ct)
    {
        await _apiKey.GetAsync(ct);
        await _webhookSecret.GetAsync(ct);
    }

    public Task<string> WebhookSecretAsync(CancellationToken ct) => _webhookSecret.GetAsync(ct);

    public Task<string> FreshWebhookSecretAsync(CancellationToken ct) => _webhookSecret.RefreshAsync(ct);

    public async Task<bool> IsLiveAsync(CancellationToken ct) =>
        (await _apiKey.GetAsync(ct)).Split('_') is [_, "live", ..];

    internal async Task<T> RunAsync<T>(Func<IStripeClient, CancellationToken, Task<T>> call, CancellationToken ct)
    {
        var client = Client(await _apiKey.GetAsync(ct));
        return await _throttling.ExecuteAsync(async stop => await call(client, stop), ct);
    }

    public void Dispose()
    {
        _http.Dispose();
        _apiKey.Dispose();
        _webhookSecret.Dispose();
    }

    private StripeClient Client(string key) => _client is { } known && known.ApiKey == key
        ? known
        : _client = new StripeClient(new StripeClientOptions
        {
            ApiKey = key,
            ApiBase = _options.ApiBase.TrimEnd('/'),
            HttpClient = new SystemNetHttpClient(_http, appInfo: new AppInfo { Name = "Launchpad" }, enableTelemetry: false),
        });

    private static TimeSpan? AskedFor(Exception? exception) =>
        (exception as StripeException)?.StripeResponse?.Headers?.RetryAfter?.Delta is { } asked
            ? asked < RetryAfterMax ? asked : RetryAfterMax
            : null;
}
