using System.Net.Http.Json;
using System.Text.Json;
using Azure.Core;

namespace Launchpad.Local.Tests.Machines;

/// <summary>Asks the identity endpoint as the managed identity credential does, but keeps the token to itself: that one shares its tokens
/// with the whole process, in which several clouds live.</summary>
public sealed class EndpointCredential(CloudContext cloud, HttpClient http) : TokenCredential
{
    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        var resource = requestContext.Scopes[0].Replace("/.default", "", StringComparison.Ordinal);
        var path = $"/msi/token?api-version=2019-08-01&resource={Uri.EscapeDataString(resource)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, TestCloud.Address(cloud.Ports.Admin, path));
        request.Headers.Add("X-IDENTITY-HEADER", cloud.IdentityHeader);
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return new AccessToken(answer.GetProperty("access_token").GetString()!, DateTimeOffset.UtcNow.AddHours(1));
    }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        GetTokenAsync(requestContext, cancellationToken).AsTask().GetAwaiter().GetResult();
}
