using Launchpad.Shared.Notifications;
using Launchpad.Shared.Push;
using Launchpad.Shared.Webhooks;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Notifications;

/// <summary>What happened is told by the clock, never by whoever did it.</summary>
public sealed class NotificationTimers(Announcer announcer, WebhookSender sender, PushSender pushes)
{
    [Function("TellNews")]
    public Task Tell([TimerTrigger("*/5 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken ct) => announcer.RunAsync(ct);

    [Function("SendWebhooks")]
    public Task Send([TimerTrigger("*/5 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken ct) => sender.RunAsync(ct);

    [Function("SendPushes")]
    public Task Push([TimerTrigger("*/5 * * * * *", RunOnStartup = true)] TimerInfo timer, CancellationToken ct) => pushes.RunAsync(ct);
}
