using Launchpad.Shared.Billing;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Asks the payment provider about one deployment, and does what its events would have done.</summary>
public sealed class Reconciliation(Subscriptions subscriptions, Checkouts checkouts, Payments payments, PlanCharges charges)
{
    /// <inheritdoc cref="Checkouts.PostponeAsync"/>
    public Task PostponeAsync(BillingWatch watch, CancellationToken ct) => checkouts.PostponeAsync(watch, ct);

    public async Task RunAsync(DurableTaskClient client, BillingWatch watch, CancellationToken ct)
    {
        var seen = await checkouts.LookAsync(watch, ct);
        await SettleAsync(await subscriptions.OfAsync(watch.Account, watch.Deployment, seen.Sold, ct));
        var isAwaited = await payments.IsAwaitedAsync(watch, ct);
        if (!isAwaited)
        {
            await SettleAsync((await checkouts.CloseAsync(watch.Account, watch.Deployment, ct)).Except(seen.Sold));
        }

        await charges.MendAsync(watch.Account, watch.Deployment, ct);
        var isAnyAlive = await subscriptions.IsAnyAliveAsync(watch.Account, watch.Deployment, ct)
            || await payments.IsOnLadderAsync(watch, ct);
        await checkouts.RescheduleAsync(watch, seen, isAwaited, isAnyAlive, ct);

        async Task SettleAsync(IEnumerable<string> sold)
        {
            foreach (var id in sold)
            {
                await payments.SettleAsync(client, watch.Account, watch.Deployment, id, ct);
            }
        }
    }
}
