using System.Net;
using Launchpad.Host.Http;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Host.Admin;

/// <summary>Who may ask the host about itself: this machine, with the master key. Without a master key nobody may.</summary>
internal sealed class AdminAccess(FunctionKeys keys)
{
    public RequestDelegate Guard(Func<HttpContext, Task<IResult>> answer) => async http =>
    {
        var result = !IsLocal(http) ? Results.NotFound()
            : !keys.IsMaster(http.Request) ? Results.Unauthorized()
            : await answer(http);
        await result.ExecuteAsync(http);
    };

    // What a reverse proxy on this machine passes on comes from loopback too, but says so.
    private static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.Keys.Any(Proxies.IsTheirs);
}
