using System.Diagnostics.Metrics;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Webhooks;
using Lib.Net.Http.WebPush;
using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Push;

/// <summary>What is on its way to devices, beside what is on its way to endpoints: neither waits for the other.</summary>
public sealed class PushDeliveries(Tables tables, TimeProvider clock) : Deliveries(tables, clock, "pushes");

/// <summary>Sends what is due, for each device by itself. One whose push service does not take something is left alone until that is tried again.
/// </summary>
public sealed class PushSender(DeviceStore devices, PushDeliveries deliveries, PushCalls calls, ILogger<PushSender> log)
{
    public Task RunAsync(CancellationToken ct) => deliveries.SendDueAsync<Device>(devices.FindAsync, calls.CallAsync, log, ct);
}

/// <summary>One call, its receipt, and what it says of the device.</summary>
public sealed class PushCalls(DeviceStore devices, PushDeliveries deliveries, PushGateway gateway, TimeProvider clock)
{
    private static readonly Counter<long> Attempts =
        Telemetry.Meter.CreateCounter<long>("launchpad.push.attempts", "{attempt}", "Calls of push services by what became of them.");

    /// <returns>The device, null when it is gone; and when to try it again, null for at once.</returns>
    public async Task<(Device? Device, DateTimeOffset? Later)> CallAsync(Device device, DueDelivery due, CancellationToken ct)
    {
        var delivery = due.Delivery!;
        var left = CustomerEvent.TimeOf(delivery.Event)!.Value + PushRetries.Lifetime - clock.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            await deliveries.SaveAsync(due, attempt: null, DeliveryStatus.Failed, next: null, ct);
            return (device, null);
        }

        var message = new PushMessage(delivery.Body)
        {
            TimeToLive = (int)left.TotalSeconds,
            Topic = PushRetries.TopicOf(delivery.Event),
            Urgency = PushRetries.IsUrgent(delivery.Type) ? PushMessageUrgency.High : PushMessageUrgency.Normal,
        };
        var (attempt, retryAfter) = await gateway.SendAsync(await devices.OpenAsync(device, ct), message, ct);
        Attempts.Add(1, new KeyValuePair<string, object?>("launchpad.outcome", attempt.Succeeded ? "taken" : attempt.Error ?? "refused"));
        return await SeenAsync(device, due, attempt, retryAfter, ct);
    }

    private async Task<(Device? Device, DateTimeOffset? Later)> SeenAsync(
        Device device, DueDelivery due, Attempt attempt, TimeSpan? retryAfter, CancellationToken ct)
    {
        switch (attempt)
        {
            case { Succeeded: true }:
                await deliveries.SaveAsync(due, attempt, DeliveryStatus.Delivered, next: null, ct);
                await devices.SentAsync(device, ct);
                return (device, null);
            case { Status: 404 or 410 }:
                await devices.ForgetAsync(device, ct);
                await deliveries.SaveAsync(due, attempt, DeliveryStatus.Dropped, next: null, ct);
                return (null, null);
            case { Status: >= 300 and < 500 and not (408 or 429) }:
                // It says that it will not take this one, however often it is asked.
                await deliveries.SaveAsync(due, attempt, DeliveryStatus.Failed, next: null, ct);
                return (device, null);
            default:
                var next = PushRetries.Next(due.Delivery!.Tries + 1, clock.GetUtcNow(), retryAfter);
                await deliveries.SaveAsync(due, attempt, DeliveryStatus.Pending, next, ct);
                return (device, next);
        }
    }
}
