using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Launchpad.Local;

/// <summary>Passes a request on to a server behind this one and its answer back, streaming both, changing neither:
/// the path byte for byte and the host, because clients signed them.</summary>
internal static class Forwarder
{
    // RFC 9110 §7.6.1: these speak about one connection, not about the message.
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding",
        "Upgrade", "Expect",
    };

    private const int BufferSize = 128 << 10;

    private static readonly HttpMessageInvoker Loopback = Client(useProxy: false);
    private static readonly HttpMessageInvoker Outside = Client(useProxy: true);

    /// <summary>To a server on this machine.</summary>
    public static Task ToPortAsync(HttpContext call, int port)
    {
        var target = call.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var origin = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        return ForwardAsync(Loopback, call, Request(call.Request, new Uri(origin + target, Raw)));
    }

    /// <summary>To a server elsewhere, under its own name and through the proxy of this machine if it has one.</summary>
    public static Task OutAsync(HttpContext call, Uri target, Action<HttpRequestMessage> change)
    {
        var request = Request(call.Request, target);
        request.Headers.Host = null;
        change(request);
        return ForwardAsync(Outside, call, request);
    }

    private static async Task ForwardAsync(HttpMessageInvoker client, HttpContext call, HttpRequestMessage request)
    {
        using var owned = request;
        try
        {
            using var answer = await client.SendAsync(request, call.RequestAborted);
            Copy(answer, call.Response);
            await using var body = await answer.Content.ReadAsStreamAsync(call.RequestAborted);
            await body.CopyToAsync(call.Response.Body, call.RequestAborted);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException && !call.Response.HasStarted)
        {
            call.Response.Clear();
            call.Response.StatusCode = StatusCodes.Status502BadGateway;
            await call.Response.WriteAsync($"{request.RequestUri!.Authority} does not answer: {broken.Message}\n", call.RequestAborted);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException || call.RequestAborted.IsCancellationRequested)
        {
            // Half an answer is out, or nobody waits for one: only the end of the connection can tell.
            call.Abort();
        }
    }

    private static UriCreationOptions Raw => new() { DangerousDisablePathAndQueryCanonicalization = true };

    private static HttpRequestMessage Request(HttpRequest from, Uri target)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(from.Method), target);
        if (from.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            request.Content = new Body(from.Body);
        }
        else if (from.ContentLength == 0)
        {
            // An explicit length of zero is part of what a storage client signs.
            request.Content = new ByteArrayContent([]);
        }

        foreach (var (name, values) in from.Headers)
        {
            if (!HopByHop.Contains(name) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return request;
    }

    private static HttpMessageInvoker Client(bool useProxy) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = useProxy,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    });

    /// <summary>A body on its way. The web server has it in pieces of 2 to 4 KiB, each of which would be a write of its own.</summary>
    private sealed class Body(Stream from) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                for (int n; (n = await from.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0;)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, n), cancellationToken);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private static void Copy(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        to.HttpContext.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = from.ReasonPhrase;
        foreach (var (name, values) in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
        {
            if (!HopByHop.Contains(name))
            {
                to.Headers[name] = values.ToArray();
            }
        }
    }
}
