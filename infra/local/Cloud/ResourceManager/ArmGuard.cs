using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace Launchpad.Local.ResourceManager;

/// <summary>What Resource Manager asks of every call before a provider sees it: a token, an api-version, an existing scope.</summary>
public sealed partial class ArmGuard(Identity.Tokens tokens) : IEndpointFilter
{
    private const string CorrelationHeader = "x-ms-correlation-request-id";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        var id = Guid.NewGuid().ToString();
        response.Headers.CacheControl = "no-cache";
        response.Headers["x-ms-request-id"] = id;
        response.Headers[CorrelationHeader] = request.Headers.TryGetValue(CorrelationHeader, out var given) ? given.ToString() : id;
        try
        {
            Check(request, response);
            return await next(context);
        }
        catch (ArmException refusal)
        {
            return refusal.Answer();
        }
        catch (Exception mistyped) when (mistyped is FormatException or InvalidOperationException { Source: "System.Text.Json" })
        {
            return Arm.Error(400, new Failure("InvalidRequestContent", "The request content was invalid: a value is of the wrong type."));
        }
    }

    private void Check(HttpRequest request, HttpResponse response)
    {
        if (tokens.Reject(request.Headers.Authorization, Arm.Audience) is { } rejected)
        {
            response.Headers[HeaderNames.WWWAuthenticate] =
                $"Bearer authorization_uri=\"https://login.windows.net/{Identity.Tokens.Tenant}\", "
                + $"error=\"invalid_token\", error_description=\"{rejected}\"";
            throw request.Headers.Authorization.Count == 0
                ? new ArmException(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
                : new ArmException(401, "InvalidAuthenticationToken", rejected);
        }

        var version = request.Query["api-version"].ToString();
        if (version.Length == 0)
        {
            throw new ArmException(
                400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.");
        }

        if (!ApiVersion().IsMatch(version))
        {
            throw new ArmException(400, "InvalidApiVersionParameter", $"The api-version '{version}' is invalid.");
        }

        var scope = request.RouteValues;
        if (scope["subscription"] is string subscription && !subscription.Equals(Arm.Subscription, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArmException(404, "SubscriptionNotFound", $"The subscription '{subscription}' could not be found.");
        }

        if (scope["group"] is string group && !group.Equals(Arm.Group, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArmException(404, "ResourceGroupNotFound", $"Resource group '{group}' could not be found.");
        }
    }

    [GeneratedRegex(@"^20\d\d-\d\d-\d\d(-preview|-privatepreview|-beta|-alpha)?$")]
    private static partial Regex ApiVersion();
}
