using System.Net.Http.Headers;

namespace Launchpad.Local.Models;

/// <summary>The real provider: the platform's key is exchanged for the real one on the way, a customer's own key passes as it is.</summary>
internal sealed class Provider(Uri address, string key)
{
    public static Provider? FromEnvironment() =>
        Environment.GetEnvironmentVariable("OPENAI_API_KEY") is { Length: > 0 } key
            ? new Provider(new Uri(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "https://api.openai.com/v1"), key)
            : null;

    public Task ForwardAsync(HttpContext call, bool asPlatform)
    {
        var path = call.Request.Path.Value!["/v1".Length..];
        return Forwarder.OutAsync(call, new Uri(address.ToString().TrimEnd('/') + path + call.Request.QueryString), request =>
        {
            if (asPlatform)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            }
        });
    }
}
