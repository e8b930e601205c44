using System.Diagnostics;
using System.Net;
using Launchpad.Host.Worker;
using Launchpad.Host.Worker.Protocol;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Launchpad.Host.Http;

/// <summary>Passes a request on to the app's own web server, and tells the app which function it is for.</summary>
internal sealed class HttpForwarding(AppWorker app, Drain drain, IHttpForwarder forwarder, ILogger<HttpForwarding> log) : IDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    // A stream may say nothing for long.
    private static readonly ForwarderRequestConfig Endless = new() { ActivityTimeout = TimeSpan.FromHours(24) };

    private readonly HttpMessageInvoker _client = new(new PartByPart(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    }));

    public void Dispose() => _client.Dispose();

    public async Task AnswerAsync(AppFunction function, HttpContext http)
    {
        try
        {
            await ForwardAsync(function, http);
        }
        catch (Exception failure) when (http.RequestAborted.IsCancellationRequested)
        {
            log.LogDebug(failure, "The caller of {Function} went away", function.Name);
        }
        catch (WorkerGoneException gone)
        {
            log.LogError("{Reason}", gone.Message);
            Fail(http, StatusCodes.Status503ServiceUnavailable);
        }
        catch (InvocationFailedException failure)
        {
            log.LogError("{Reason}", failure.Message);
            Fail(http, StatusCodes.Status500InternalServerError);
        }
    }

    private async Task ForwardAsync(AppFunction function, HttpContext http)
    {
        var started = Stopwatch.GetTimestamp();
        var worker = await app.ReadyAsync(http.RequestAborted);
        var id = Guid.NewGuid().ToString();
        var metadata = http.Request.RouteValues.Select(
            value => KeyValuePair.Create(value.Key, new TypedData { String = value.Value?.ToString() ?? "" }));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, drain.Deadline);
        var invocation = app.InvokeOnceAsync(worker, id, function, new() { Http = new() }, metadata, stop.Token);
        var forwarding = forwarder.SendAsync(http, worker.Http.AbsoluteUri, _client, Endless, new Transformer(id)).AsTask();
        // An answer without a body has not begun yet when the function fails after it: the caller is told.
        await Task.WhenAll(invocation, forwarding);
        var response = await invocation;
        if (response.Result.Status is not StatusResult.Types.Status.Success)
        {
            throw new InvocationFailedException(
                $"Executed {function.Name} (Failed, Id={id}, Duration={(long)Stopwatch.GetElapsedTime(started).TotalMilliseconds}ms): "
                + response.Result.Exception?.Message);
        }

        if (await forwarding is not ForwarderError.None and var error)
        {
            throw new InvocationFailedException($"The answer of {function.Name} did not arrive: {error}");
        }
    }

    private static void Fail(HttpContext http, int status)
    {
        if (http.Response.HasStarted)
        {
            // Part of an answer is on its way: only a broken connection tells the caller that it is not whole.
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = status;
    }

    /// <summary>Passes everything on as it was written. Who called, how and by which name is said by this host alone, as the app believes
    /// whoever is on its machine.</summary>
    private sealed class Transformer(string id) : HttpTransformer
    {
        private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            var target = httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (target.StartsWith('/'))
            {
                proxyRequest.RequestUri = new Uri(destinationPrefix.TrimEnd('/') + target, AsWritten);
            }

            var headers = proxyRequest.Headers;
            foreach (var name in httpContext.Request.Headers.Keys.Where(Proxies.IsTheirs).Append(InvocationHeader))
            {
                headers.Remove(name);
            }

            headers.Add(InvocationHeader, id);
            headers.Host = httpContext.Request.Host.Value;
            headers.Add("X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
            headers.Add("X-Forwarded-Proto", httpContext.Request.Scheme);
        }
    }
}
