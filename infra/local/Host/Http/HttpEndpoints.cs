using System.Collections.Immutable;
using Launchpad.Host.Worker;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Launchpad.Host.Http;

/// <summary>The app's HTTP functions, and where each is found.</summary>
internal sealed class HttpFunctions(AppWorker app, HostJson host)
{
    public ImmutableArray<HttpFunction> All { get; } = HttpFunction.Of(app.Functions);

    /// <summary>Without the slash that it begins with.</summary>
    public string PathOf(HttpFunction function) => $"{host.RoutePrefix}/{function.Route}".Trim('/');
}

/// <summary>Their routes: who has no key, sends too much or comes when too many are there already is told here.</summary>
internal sealed class HttpEndpoints(HttpFunctions functions, FunctionKeys keys, HttpLimits limits, HttpForwarding forwarding)
{
    // What Azure allows by default.
    public const long BodyBytesMax = 104_857_600;

    public EndpointDataSource DataSource() => new DefaultEndpointDataSource(functions.All.Select(Endpoint));

    private Endpoint Endpoint(HttpFunction function)
    {
        var pattern = RoutePatternFactory.Parse(functions.PathOf(function));
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

        if (http.Request.ContentLength > BodyBytesMax)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        using var place = await limits.EnterAsync(http.RequestAborted);
        if (!place.IsAcquired)
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return;
        }

        await forwarding.AnswerAsync(function.Function, http);
    }
}
