using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Stripe;

/// <summary>Sends over <see cref="HttpClient"/>; connection errors, 409 and 5xx are tried again with a growing pause,
/// unless the API says otherwise through <c>Stripe-Should-Retry</c>.</summary>
public class SystemNetHttpClient : IHttpClient
{
    public const int DefaultMaxNumberRetries = 2;

    private static readonly Lazy<HttpClient> SharedClient = new(BuildDefaultSystemNetHttpClient);

    private readonly HttpClient httpClient;
    private readonly string userAgent;
    private readonly string clientUserAgent;

    public SystemNetHttpClient(
        HttpClient httpClient = null,
        int maxNetworkRetries = DefaultMaxNumberRetries,
        AppInfo appInfo = null,
        bool enableTelemetry = true)
    {
        this.httpClient = httpClient ?? SharedClient.Value;
        MaxNetworkRetries = maxNetworkRetries;
        EnableTelemetry = enableTelemetry;
        userAgent = $"Stripe/v1 .NetBindings/{StripeConfiguration.StripeNetVersion}"
            + (appInfo is null ? string.Empty : " " + appInfo.FormatUserAgent());
        clientUserAgent = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["bindings_version"] = StripeConfiguration.StripeNetVersion,
            ["lang"] = ".net",
            ["lang_version"] = Environment.Version.ToString(),
            ["application"] = appInfo,
        });
    }

    public static TimeSpan DefaultHttpTimeout => TimeSpan.FromSeconds(80);

    public static TimeSpan MaxNetworkRetriesDelay => TimeSpan.FromSeconds(5);

    public static TimeSpan MinNetworkRetriesDelay => TimeSpan.FromMilliseconds(500);

    public bool EnableTelemetry { get; }

    public int MaxNetworkRetries { get; }

    public static HttpClient BuildDefaultSystemNetHttpClient() => new() { Timeout = DefaultHttpTimeout };

    public async Task<StripeResponse> MakeRequestAsync(StripeRequest request, CancellationToken cancellationToken = default)
    {
        for (var retries = 0; ; retries++)
        {
            try
            {
                using var message = Message(request);
                using var response = await httpClient.SendAsync(message, cancellationToken).ConfigureAwait(false);
                if (retries >= MaxNetworkRetries || !MayRetry(response.StatusCode, response.Headers))
                {
                    var content = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
                    return new StripeResponse(response.StatusCode, response.Headers, content);
                }
            }
            catch (Exception exception) when (retries < MaxNetworkRetries && IsNetwork(exception, cancellationToken))
            {
                // The next turn of the loop is the handling.
            }

            await Task.Delay(Pause(retries), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static bool IsNetwork(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static bool MayRetry(HttpStatusCode status, HttpResponseHeaders headers)
    {
        var advice = headers.TryGetValues("Stripe-Should-Retry", out var values) ? values.First() : null;
        return advice switch
        {
            "true" => true,
            "false" => false,
            _ => status == HttpStatusCode.Conflict || (int)status >= 500,
        };
    }

    private static TimeSpan Pause(int retries)
    {
        var delay = Math.Min(MinNetworkRetriesDelay.TotalSeconds * Math.Pow(2, retries), MaxNetworkRetriesDelay.TotalSeconds);
        var jittered = delay * (3 + Random.Shared.NextDouble()) / 4;
        return TimeSpan.FromSeconds(Math.Max(jittered, MinNetworkRetriesDelay.TotalSeconds));
    }

    private HttpRequestMessage Message(StripeRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Uri) { Content = request.Content };
        message.Headers.Authorization = request.AuthorizationHeader;
        message.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        message.Headers.Add("X-Stripe-Client-User-Agent", clientUserAgent);
        foreach (var (name, value) in request.StripeHeaders)
        {
            message.Headers.Add(name, value);
        }

        return message;
    }
}
