using System.Diagnostics.Metrics;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Webhooks;

/// <summary>Sends what is due. An endpoint that does not take one is left alone until that one is tried again, so that a slow one keeps no other
/// waiting. A process that dies between an answer and its receipt sends it once more, under the same id.</summary>
public sealed class WebhookSender(WebhookEndpoints endpoints, Deliveries deliveries, WebhookCalls calls, ILogger<WebhookSender> log)
{
    public Task RunAsync(CancellationToken ct) => deliveries.SendDueAsync<WebhookEndpoint>(
        async (account, id, stop) => IfOpen(await endpoints.FindAsync(account, id, stop)),
        async (endpoint, due, stop) =>
        {
            var (known, later) = await calls.CallAsync(endpoint, due, stop);
            return (IfOpen(known), later);
        },
        log, ct);

    private static WebhookEndpoint? IfOpen(WebhookEndpoint? endpoint) => endpoint is { DisabledWhy: null } ? endpoint : null;
}

/// <summary>One call, its receipt, and what it says of the endpoint.</summary>
public sealed class WebhookCalls(WebhookEndpoints endpoints, Deliveries deliveries, WebhookGateway gateway, WebhookHealth health)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private static readonly Counter<long> Attempts =
        Telemetry.Meter.CreateCounter<long>("launchpad.webhook.attempts", "{attempt}", "Calls of customers' endpoints by what became of them.");

    private DateTimeOffset Soon => health.Now + Pause;

    /// <returns>The endpoint as it is now, null when it is gone; and when to try it again, null for at once.</returns>
    public async Task<(WebhookEndpoint? Endpoint, DateTimeOffset? Later)> CallAsync(WebhookEndpoint endpoint, DueDelivery due, CancellationToken ct)
    {
        var delivery = due.Delivery!;
        var keys = await endpoints.SecretsAsync(endpoint, ct);
        var attempt = await gateway.SendAsync(new Uri(endpoint.Url), delivery.Event, delivery.Body, keys, ct);
        var next = attempt.Succeeded ? null : Retries.Next(delivery.Tries + 1, health.Now);
        var status = attempt.Succeeded ? DeliveryStatus.Delivered : next is null ? DeliveryStatus.Failed : DeliveryStatus.Pending;
        await deliveries.SaveAsync(due, attempt, status, next, ct);
        Attempts.Add(1, new KeyValuePair<string, object?>("launchpad.outcome", attempt.Succeeded ? "taken" : attempt.Error ?? "refused"));
        return (await health.SeenAsync(endpoint, attempt, ct), attempt.Succeeded ? null : next ?? Soon);
    }
}

/// <summary>Switches off what takes nothing any more, and tells its owner.</summary>
public sealed class WebhookHealth(WebhookEndpoints endpoints, CustomerLetters letters, TimeProvider clock)
{
    private const int Gone = 410;

    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task<WebhookEndpoint?> SeenAsync(WebhookEndpoint endpoint, Attempt attempt, CancellationToken ct)
    {
        if (attempt.Succeeded && endpoint.FailingSince is null)
        {
            return endpoint;
        }

        var seen = await endpoints.ChangeAsync(endpoint.Account, endpoint.Id, known => After(known, attempt), ct);
        if (seen is { DisabledWhy: { } why and not WebhookEndpoint.Paused })
        {
            await letters.SendAsync(
                seen.Account, NotificationKind.Webhooks, LetterKinds.WebhookDisabled, $"webhook-{seen.Id}-{seen.FailingSince?.UtcTicks}",
                new Dictionary<string, string> { ["host"] = new Uri(seen.Url).Host, ["why"] = why }, ct);
        }

        return seen;
    }

    private static WebhookEndpoint After(WebhookEndpoint known, Attempt attempt)
    {
        if (attempt.Succeeded)
        {
            return known with { FailingSince = null };
        }

        var since = known.FailingSince ?? attempt.At;
        var why = attempt.Status == Gone ? WebhookEndpoint.Gone : attempt.At - since >= Retries.Patience ? WebhookEndpoint.Failed : null;
        return known with { FailingSince = since, DisabledWhy = known.DisabledWhy ?? why };
    }
}
