using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Host.Sample;

/// <summary>Says what reached it.</summary>
public static class Echo
{
    [Function("Echo")]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "echo/{*path}")] HttpRequest request, FunctionContext context, string? path)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        return Results.Json(new
        {
            request.Method,
            request.Scheme,
            host = request.Host.Value,
            pathBase = request.PathBase.Value,
            target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget,
            path,
            remote = request.HttpContext.Connection.RemoteIpAddress?.ToString(),
            context.InvocationId,
            headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToArray()),
        });
    }

    /// <summary>Takes a large body, and answers with as many bytes of the same kind.</summary>
    [Function("Bulk")]
    public static async Task Bulk(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "bulk")] HttpRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        var response = request.HttpContext.Response;
        using var whole = new MemoryStream();
        await request.Body.CopyToAsync(whole, cancellation);
        whole.Position = 0;
        response.Headers["x-hash"] = Convert.ToHexString(SHA256.HashData(whole.GetBuffer().AsSpan(0, (int)whole.Length)));
        await whole.CopyToAsync(response.Body, cancellation);
    }
}
