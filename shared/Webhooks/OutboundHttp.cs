using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Webhooks;

/// <summary>Connections to where a customer says: at public addresses only, which are looked at for each connection as it is made, so that it does
/// not matter what a name led to before. No redirect is followed, no cookie kept and no proxy asked. Everything that is sent to such an address
/// goes through this one.</summary>
public sealed class OutboundHttp : IDisposable
{
    private const int HeadersMaxKb = 16;
    private const int ConnectionsMax = 4;

    /// <summary>For a whole request.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public OutboundHttp(IOptions<WebhookOptions> options)
    {
        Reach = new(options.Value);
        Handler = new()
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
        };
    }

    public Reach Reach { get; }

    public SocketsHttpHandler Handler { get; }

    /// <summary>Whether it means that nothing was answered.</summary>
    public static bool IsSilence(Exception trouble, CancellationToken ct) =>
        trouble is HttpRequestException or OperationCanceledException or IOException && !ct.IsCancellationRequested;

    /// <summary>Why nothing was answered, in a word. Nothing of what a server said: that may be about somebody else.</summary>
    public static string Tell(Exception silence) => silence switch
    {
        OperationCanceledException => "timeout",
        { InnerException: ForbiddenAddressException } => "forbidden-address",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "unknown-host",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "certificate",
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } => "unknown-host",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "unreachable",
        _ => "broken-answer",
    };

    public void Dispose() => Handler.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var typed) ? [typed] : await Dns.GetHostAddressesAsync(host, ct);
        if (addresses.Length == 0 || !addresses.All(Reach.Allows))
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
}

/// <summary>A name led somewhere that customers do not reach from here.</summary>
public sealed class ForbiddenAddressException() : IOException("Not a public address.");
