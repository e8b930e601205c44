using Launchpad.Shared.Webhooks;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Notifications;

/// <summary>Finds a webhook of the caller's account, and says what may be typed of one.</summary>
public sealed class OwnWebhooks(Callers callers, WebhookEndpoints endpoints, OutboundHttp outbound)
{
    /// <exception cref="ProblemException">When the account has none of that id.</exception>
    public async Task<WebhookEndpoint> FindAsync(HttpRequest request, string id, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        return WebhookEndpoints.IsId(id) && await endpoints.FindAsync(account.Id, id, ct) is { } found ? found : throw Problems.NotFound();
    }

    public string Url(string? typed) => WebhookUrl.Fault(typed, outbound.Reach) is { } fault ? throw Problems.Invalid("url", fault) : new Uri(typed!).AbsoluteUri;

    public static string Description(string? typed) => string.IsNullOrWhiteSpace(typed) ? "" : Rules.Label("description", typed);

    public static IReadOnlyList<string> Types(IReadOnlyList<string>? typed) => typed is null ? []
        : typed.All(EventTypes.All.Contains) ? [.. typed.Distinct().Order(StringComparer.Ordinal)]
        : throw Problems.Invalid("types", $"is a list of some of {string.Join(", ", EventTypes.All)}.");
}
