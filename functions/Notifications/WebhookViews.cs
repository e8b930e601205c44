using System.ComponentModel.DataAnnotations;
using Launchpad.Shared;
using Launchpad.Shared.Webhooks;

namespace Launchpad.Functions.Notifications;

/// <param name="Url">Where events are posted: https only.</param>
/// <param name="Types">Of events; all when left out or empty.</param>
/// <param name="Description">By which you know it.</param>
public sealed record NewWebhook([property: Required] string? Url, IReadOnlyList<string>? Types, string? Description);

/// <summary>What is left out stays as it is.</summary>
/// <param name="Enabled">False to send nothing there for now; true also after it was switched off for failing.</param>
public sealed record WebhookChange(string? Url, IReadOnlyList<string>? Types, string? Description, bool? Enabled);

/// <param name="Types">Of events; none for all.</param>
/// <param name="FormerSecretUntil">Until when the secret before the newest signs too; null when it does not.</param>
/// <param name="FailingSince">Since when nothing was taken; null where the last try was.</param>
/// <param name="DisabledWhy">`failed` for three days, `gone` (410), or `paused` by you; null while it is called.</param>
public sealed record WebhookView(
    string Id, string Url, string Description, IReadOnlyList<string> Types, DateTimeOffset CreatedAt, DateTimeOffset? FormerSecretUntil,
    DateTimeOffset? FailingSince, string? DisabledWhy)
{
    internal static WebhookView Of(WebhookEndpoint of) =>
        new(of.Id, of.Url, of.Description, of.Types, of.CreatedAt, of.FormerUntil, of.FailingSince, of.DisabledWhy);
}

/// <param name="EventTypes">All that there are.</param>
public sealed record WebhookList(IReadOnlyList<WebhookView> Webhooks, IReadOnlyList<string> EventTypes);

/// <param name="Secret">Shown once: what is sent is signed with it, by the scheme of Standard Webhooks.</param>
public sealed record WebhookMade(string Secret, WebhookView Webhook);

public sealed record WebhookSecret(string Secret);

/// <param name="Status">What was answered; null for no answer.</param>
/// <param name="Error">Why there was none: timeout, forbidden-address, unknown-host, certificate, unreachable or broken-answer.</param>
public sealed record AttemptView(DateTimeOffset At, int? Status, long DurationMs, string? Error);

/// <param name="Event">The same as in the header `webhook-id`.</param>
/// <param name="At">When it happened.</param>
/// <param name="NextAt">Of the next try; null when there is none.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Attempts">Oldest first, the newest twenty.</param>
public sealed record DeliveryView(
    string Event, string Type, DateTimeOffset At, [property: Wire(typeof(DeliveryStatus))] string Status, DateTimeOffset? NextAt, string Body,
    IReadOnlyList<AttemptView> Attempts)
{
    internal static DeliveryView Of(Delivery of) => new(
        of.Event, of.Type, CustomerEvent.TimeOf(of.Event)!.Value, of.Status.Wire(), of.DueAt, of.Body,
        [.. of.Attempts.Select(one => new AttemptView(one.At, one.Status, one.DurationMs, one.Error))]);
}

/// <param name="After">What to ask for older ones after; null when these were the last.</param>
public sealed record DeliveryList(IReadOnlyList<DeliveryView> Deliveries, string? After);

/// <param name="From">The first event that is sent anew; all after it follow.</param>
public sealed record ReplayRequest([property: Required] string? From);

/// <param name="Events">How many are on their way.</param>
public sealed record ReplayView(int Events);
