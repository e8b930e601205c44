using System.Collections.Immutable;
using System.Diagnostics;
using Launchpad.Host.Discovery;
using Launchpad.Host.Invocation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;

namespace Launchpad.Host.Http;

/// <summary>The routes of the app's HTTP functions.</summary>
internal sealed class HttpEndpoints(FunctionList functions, FunctionPipeline pipeline, FunctionKeys keys, HostJson host, Drain drain)
{
    public ImmutableArray<HttpFunction> Functions { get; } = HttpFunction.Of(functions);

    public EndpointDataSource DataSource() => new DefaultEndpointDataSource(Functions.Select(Endpoint));

    private Endpoint Endpoint(HttpFunction function)
    {
        var pattern = RoutePatternFactory.Parse($"{host.RoutePrefix}/{function.Route}".Trim('/'));
        var logger = pipeline.Logger(function.Function);
        return new RouteEndpointBuilder(http => AnswerAsync(function, http, logger), pattern, order: 0)
        {
            DisplayName = function.Function.Name,
            Metadata = { function },
        }.Build();
    }

    private async Task AnswerAsync(HttpFunction function, HttpContext http, ILogger logger)
    {
        if (!keys.Allow(http.Request, function))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var started = Stopwatch.GetTimestamp();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, drain.Deadline);
        var input = new TriggerInput(http.Request) { BindingData = BindingData(http), Services = http.RequestServices };
        await using var invocation = pipeline.Begin(function.Function, input, cancellation.Token);
        invocation.Features.Set(http);
        try
        {
            await pipeline.RunAsync(invocation);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            logger.LogDebug("The caller of {Function} went away ({InvocationId})", function.Function.Name, invocation.InvocationId);
        }
        catch (Exception failure)
        {
            logger.LogError(
                failure,
                "Executed {Function} (Failed, Id={InvocationId}, Duration={Milliseconds}ms)",
                function.Function.Name,
                invocation.InvocationId,
                (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            Fail(http);
        }
    }

    private static void Fail(HttpContext http)
    {
        if (http.Response.HasStarted)
        {
            // Part of an answer is on its way: only a broken connection tells the caller that it is not whole.
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
    }

    // The path wins over the query, so that a caller cannot put another id in its place.
    private static Dictionary<string, object?> BindingData(HttpContext http)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in http.Request.Query)
        {
            data[name] = value.ToString();
        }

        foreach (var (name, value) in http.Request.RouteValues)
        {
            data[name] = value;
        }

        return data;
    }
}
