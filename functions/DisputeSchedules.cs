using Launchpad.Shared.Billing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Contested payments that nobody was told of.</summary>
public sealed class DisputeSchedules(StripeDisputes disputes, Payments payments, TimeProvider clock)
{
    /// <summary>Banks have decided by then.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(120);

    [Function("LookForDisputes")]
    public async Task Look(
        [TimerTrigger("55 7 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var since = clock.GetUtcNow() - Memory;
        foreach (var found in (await disputes.NewestAsync(ct)).Where(one => one.State.Since > since))
        {
            await payments.SettleAsync(client, found.Account, found.Deployment, found.Subscription, ct, found);
        }
    }
}
