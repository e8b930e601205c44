using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Net.Http.Headers;

namespace Launchpad.Functions.Middleware;

/// <summary>What every answer says to browsers, unless its function says otherwise: that it is data of one person, no page and no part of
/// one, and nothing that anybody keeps.</summary>
public sealed class SecurityHeadersMiddleware : IFunctionsWorkerMiddleware
{
    private static readonly (string Name, string Value)[] Always =
    [
        (HeaderNames.CacheControl, "no-store"),
        (HeaderNames.XContentTypeOptions, "nosniff"),
        (HeaderNames.ContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'"),
        (HeaderNames.XFrameOptions, "DENY"),
        (HeaderNames.StrictTransportSecurity, "max-age=63072000; includeSubDomains"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http)
        {
            foreach (var (name, value) in Always)
            {
                http.Response.Headers[name] = value;
            }
        }

        return next(context);
    }
}
