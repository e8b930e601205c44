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
    private const int UselessMax = 100;
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
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = _options.Timeout };
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

    /// <summary>Asks for something small, to see that it answers and takes the key.</summary>
    public Task AskAsync(CancellationToken ct) =>
        RunAsync((client, stop) => new PriceService(client).ListAsync(new PriceListOptions { Limit = 1 }, null, stop), ct);

    public async Task<bool> IsLiveAsync(CancellationToken ct) =>
        (await _apiKey.GetAsync(ct)).Split('_') is [_, "live", ..];

    /// <exception cref="PermanentException">When Stripe refuses for good; what may pass is a <see cref="StripeException"/>.</exception>
    internal async Task<T> RunAsync<T>(Func<IStripeClient, CancellationToken, Task<T>> call, CancellationToken ct)
    {
        var client = Client(await _apiKey.GetAsync(ct));
        try
        {
            return await _throttling.ExecuteAsync(async stop => await call(client, stop), ct);
        }
        catch (StripeException refused) when (StripeRefusals.IsForGood(refused))
        {
            throw StripeRefusals.Permanent(refused);
        }
    }

    /// <summary>Null when there is no such thing at Stripe.</summary>
    internal async Task<T?> FindAsync<T>(Func<IStripeClient, CancellationToken, Task<T>> call, CancellationToken ct)
        where T : class
    {
        try
        {
            return await RunAsync(call, ct);
        }
        catch (PermanentException refused) when (refused.IsMissing())
        {
            return null;
        }
    }

    /// <summary>Makes a thing once, however often it is asked for, since its key is its name. What was made under that name before may be
    /// of no use any more (deleted, archived, expired, failed); then the next name, which has the useless one's id in it, makes
    /// another.</summary>
    /// <param name="name">At most 150 characters, with all in it that distinguishes this thing from others.</param>
    /// <param name="make">One request that makes it.</param>
    /// <param name="isUsable">Asked only of what an earlier request made: it gets the id and looks at how the thing is now.</param>
    /// <param name="ct">Stops the wait.</param>
    internal async Task<T> MakeAsync<T>(
        string name, Func<IStripeClient, RequestOptions, CancellationToken, Task<T>> make, Func<string, Task<bool>> isUsable,
        CancellationToken ct)
        where T : StripeEntity<T>, IHasId
    {
        string? useless = null;
        for (var tried = 0; tried < UselessMax; tried++)
        {
            var once = new RequestOptions { IdempotencyKey = useless is null ? name : $"{name}-after-{useless}" };
            var made = await RunAsync((client, stop) => make(client, once, stop), ct);
            if (!WasThere(made.StripeResponse) || await isUsable(made.Id))
            {
                return made;
            }

            useless = made.Id;
        }

        throw new InvalidOperationException($"{UselessMax} times in a day '{name}' was made and destroyed again.");
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

    // The answer that the first request under this key got, word for word: it says nothing of how the thing is now.
    private static bool WasThere(StripeResponse answer) =>
        answer.Headers.TryGetValues("Idempotent-Replayed", out var said) && said.Contains("true");

    private static TimeSpan? AskedFor(Exception? exception) =>
        (exception as StripeException)?.StripeResponse?.Headers?.RetryAfter?.Delta is { } asked
            ? asked < RetryAfterMax ? asked : RetryAfterMax
            : null;
}
