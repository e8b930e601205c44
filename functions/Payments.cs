using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Brings one subscription and its deployment in line, whoever noticed: an event and the clock go the same way.</summary>
public sealed class Payments(Subscriptions subscriptions, Orders orders, Checkouts checkouts, SubscriptionEndings endings)
{
    /// <summary>Whether the order still waits to be paid.</summary>
    public Task<bool> IsAwaitedAsync(BillingWatch order, CancellationToken ct) =>
        orders.IsPayableAsync(order.Account, order.Deployment, ct);

    public async Task SettleAsync(DurableTaskClient client, string account, string deployment, string id, CancellationToken ct)
    {
        var subscription = await subscriptions.AskAsync(account, deployment, id, ct);
        var claim = await orders.ClaimAsync(subscription, ct);
        if (claim.IsUnneeded)
        {
            await endings.EndAsync(subscription, DateTimeOffset.MinValue, ct);
        }
        else if (claim is { IsOwn: true, Deployment.Status: DeploymentStatus.Terminated })
        {
            await endings.EndAsync(subscription, refundFrom: null, ct);
        }
        else if (claim.IsOwn && subscription.IsPaid)
        {
            await orders.BeginAsync(client, claim, ct);

            // What was sold on another page meanwhile names itself: by its event, and when the order is looked at next.
            await checkouts.CloseAsync(account, deployment, ct);
        }
    }
}
