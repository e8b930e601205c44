using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Launchpad.Host.Worker;
using Launchpad.Host.Worker.Protocol;
using Microsoft.AspNetCore.Routing.Patterns;
using Yarp.ReverseProxy.Forwarder;

namespace Launchpad.Host.Http;

/// <summary>The routes of the app's HTTP functions: a request is passed on to the app's own web server, and the app is told which
/// function it is for.</summary>
internal sealed class HttpEndpoints(
    AppWorker app, FunctionKeys keys, HttpLimits limits, HostJson host, Drain drain, IHttpForwarder forwarder, ILogger<HttpEndpoints> log)
    : IDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    /// <summary>How long a request waits for an app that is being started again.</summary>
    private static readonly TimeSpan WorkerMax = TimeSpan.FromSeconds(20);

    // A stream may say nothing for long.
    private static readonly ForwarderRequestConfig Endless = new() { ActivityTimeout = TimeSpan.FromHours(24) };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    });

    public ImmutableArray<HttpFunction> Functions { get; } = HttpFunction.Of(app.Functions);

    public EndpointDataSource DataSource() => new DefaultEndpointDataSource(Functions.Select(Endpoint));

    public void Dispose() => _client.Dispose();

    private Endpoint Endpoint(HttpFunction function)
    {
        var pattern = RoutePatternFactory.Parse($"{host.RoutePrefix}/{function.Route}".Trim('/'));
        return new RouteEndpointBuilder(http => AnswerAsync(function, http), pattern, order: 0)
        {
            DisplayName = function.Function.Name,
            Metadata = { function },
        }.Build();
    }

    private async Task AnswerAsync(HttpFunction function, HttpContext http)
    {
        if (!keys.Allow(http.Request, function))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        using var place = await limits.EnterAsync(http.RequestAborted);
        if (place is null)
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return;
        }

        try
        {
            await ForwardAsync(function.Function, http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            log.LogDebug("The caller of {Function} went away", function.Function.Name);
        }
        catch (Exception failure) when (failure is WorkerGoneException or TimeoutException or OperationCanceledException)
        {
            log.LogError("The app went away while it ran {Function}", function.Function.Name);
            Fail(http, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async Task ForwardAsync(AppFunction function, HttpContext http)
    {
        var started = Stopwatch.GetTimestamp();
        var address = await app.HttpAsync(http.RequestAborted).WaitAsync(WorkerMax, http.RequestAborted);
        var id = Guid.NewGuid().ToString();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, drain.Deadline);
        http.Response.OnStarting(static state =>
        {
            var (response, headers) = ((HttpResponse, IReadOnlyDictionary<string, string>))state;
            foreach (var (name, value) in headers)
            {
                response.Headers[name] = value;
            }

            return Task.CompletedTask;
        }, (http.Response, host.CustomHeaders));
        var metadata = http.Request.RouteValues.Select(
            value => KeyValuePair.Create(value.Key, new TypedData { String = value.Value?.ToString() ?? "" }));
        var invocation = app.InvokeOnceAsync(id, function, new() { Http = new() }, metadata, stop.Token);
        var forwarding = forwarder.SendAsync(
            http, address.AbsoluteUri, _client, Endless, new Transformer(id, invocation), stop.Token).AsTask();
        await Task.WhenAll(invocation, forwarding);
        var response = await invocation;
        if (response.Result.Status is not StatusResult.Types.Status.Success)
        {
            log.LogError(
                "Executed {Function} (Failed, Id={InvocationId}, Duration={Milliseconds}ms): {Failure}", function.Name, id,
                (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds, response.Result.Exception?.Message);
            Fail(http, StatusCodes.Status500InternalServerError);
        }
        else if (await forwarding is not ForwarderError.None and var error && !http.RequestAborted.IsCancellationRequested)
        {
            log.LogError("The answer of {Function} did not arrive: {Error}", function.Name, error);
            Fail(http, StatusCodes.Status502BadGateway);
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

    /// <summary>Passes everything on as it came. A function that threw has often answered an empty 200 already: it is held back until the
    /// app has said how the function ended.</summary>
    private sealed class Transformer(string id, Task<InvocationResponse> invocation) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Remove(InvocationHeader);
            proxyRequest.Headers.Add(InvocationHeader, id);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
            proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Proto", httpContext.Request.Scheme);
        }

        public override async ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            if (proxyResponse is { StatusCode: HttpStatusCode.OK, Content.Headers.ContentLength: 0 }
                && (await invocation.WaitAsync(cancellationToken)).Result.Status is not StatusResult.Types.Status.Success)
            {
                return false;
            }

            return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        }
    }
}
