using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Launchpad.Shared.Images;

/// <summary>Many registries, Azure's among them, let nobody read without a token even where everybody may, and say in their refusal where
/// anybody gets one.</summary>
internal sealed partial class AnonymousPull(HttpMessageHandler connections) : DelegatingHandler(connections)
{
    private const string Scheme = "Bearer";
    private const int TokenBytesMax = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode is not HttpStatusCode.Unauthorized || Desk(response, request.RequestUri!) is not { } desk)
        {
            return response;
        }

        using var ask = new HttpRequestMessage(HttpMethod.Get, desk);
        using var answer = await base.SendAsync(ask, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return response;
        }

        await answer.Content.LoadIntoBufferAsync(TokenBytesMax, cancellationToken);
        var token = await answer.Content.ReadFromJsonAsync<Token>(cancellationToken);
        response.Dispose();
        request.Headers.Authorization = new(Scheme, token?.Value);
        return await base.SendAsync(request, cancellationToken);
    }

    /// <summary>Where a token is given out; null when it is not said, or would be asked for in the clear by a registry that is not.</summary>
    private static Uri? Desk(HttpResponseMessage refusal, Uri registry)
    {
        var challenge = refusal.Headers.WwwAuthenticate.FirstOrDefault(one => one.Scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase));
        var said = Parameter().Matches(challenge?.Parameter ?? "")
            .DistinctBy(found => found.Groups[1].Value)
            .ToDictionary(found => found.Groups[1].Value, found => found.Groups[2].Value);
        return said.TryGetValue("realm", out var realm) && Uri.TryCreate(realm, UriKind.Absolute, out var desk) && desk.Scheme == registry.Scheme
            ? new UriBuilder(desk)
            {
                Query = string.Join('&', said.Where(one => one.Key is "service" or "scope").Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}")),
            }.Uri
            : null;
    }

    /// <summary>Either name is in use.</summary>
    private sealed record Token(
        [property: JsonPropertyName("token")] string? Plain, [property: JsonPropertyName("access_token")] string? Access)
    {
        public string? Value => Access ?? Plain;
    }

    [GeneratedRegex("([a-z]+)=\"([^\"]*)\"")]
    private static partial Regex Parameter();
}
