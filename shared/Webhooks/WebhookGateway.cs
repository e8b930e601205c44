using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using StandardWebhooks;

namespace Launchpad.Shared.Webhooks;

/// <summary>What came of one try.</summary>
/// <param name="Status">What was answered; null for no answer.</param>
/// <param name="Error">Why there was none, in a word of ours; null where there was.</param>
public sealed record Attempt(DateTimeOffset At, int? Status, long DurationMs, string? Error)
{
    [JsonIgnore]
    public bool Succeeded => Status is >= 200 and < 300;
}

/// <summary>Calls the endpoints of customers: over TLS, at public addresses only, which are looked at for each connection as it is made, so that it
/// does not matter what a name led to before. No redirect is followed and no answer is read.</summary>
public sealed class WebhookGateway : IDisposable
{
    private const int HeadersMaxKb = 16;
    private const int ConnectionsMax = 4;

    private readonly Reach reach;
    private readonly TimeProvider clock;
    private readonly HttpClient http;

    public WebhookGateway(IOptions<WebhookOptions> options, TimeProvider clock)
    {
        (reach, this.clock) = (new(options.Value), clock);
        http = new(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxConnectionsPerServer = ConnectionsMax,
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = HeadersMaxKb,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            UseCookies = false,
            UseProxy = false,
        })
        {
            Timeout = TimeSpan.FromSeconds(10),
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Launchpad-Webhooks", "1"));
    }

    public Reach Reach => reach;

    /// <param name="url">Of the endpoint.</param>
    /// <param name="id">Of the event.</param>
    /// <param name="body">As it is signed.</param>
    /// <param name="keys">Each signs it: while one replaces another, both do.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<Attempt> SendAsync(Uri url, string id, string body, IEnumerable<string> keys, CancellationToken ct)
    {
        var (at, watch) = (clock.GetUtcNow(), Stopwatch.StartNew());
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", $"{at.ToUnixTimeSeconds()}");
        request.Headers.Add("webhook-signature", string.Join(' ', keys.Select(key => new StandardWebhook(key).Sign(id, at, body))));
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return new(at, (int)answer.StatusCode, watch.ElapsedMilliseconds, null);
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException or IOException && !ct.IsCancellationRequested)
        {
            return new(at, null, watch.ElapsedMilliseconds, Tell(silent));
        }
    }

    public void Dispose() => http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var typed) ? [typed] : await Dns.GetHostAddressesAsync(host, ct);
        if (addresses.Length == 0 || !addresses.All(reach.Allows))
        {
            throw new ForbiddenAddressException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Nothing of what a server said: that may be about somebody else.</summary>
    private static string Tell(Exception silent) => silent switch
    {
        OperationCanceledException => "timeout",
        { InnerException: ForbiddenAddressException } => "forbidden-address",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "unknown-host",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "certificate",
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } => "unknown-host",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "unreachable",
        _ => "broken-answer",
    };
}

/// <summary>A name led somewhere that customers do not reach from here.</summary>
public sealed class ForbiddenAddressException() : IOException("Not a public address.");
