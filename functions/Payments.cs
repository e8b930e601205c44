using Launchpad.Functions.Abuse;
using Launchpad.Orchestrations;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Brings one subscription and its deployment in line, whoever noticed: an event and the clock go the same way.</summary>
public sealed class Payments(Subscriptions subscriptions, Orders orders, PaidFor paid, SubscriptionEndings endings)
{
    /// <summary>Whether the order still waits to be paid.</summary>
    public Task<bool> IsAwaitedAsync(BillingWatch order, CancellationToken ct) =>
        orders.IsPayableAsync(order.Account, order.Deployment, ct);

    /// <summary>Whether its bot is on its way to be deleted, or back.</summary>
    public Task<bool> IsOnLadderAsync(BillingWatch order, CancellationToken ct) => orders.IsOnLadderAsync(order.Account, order.Deployment, ct);

    /// <param name="client">Of the engine.</param>
    /// <param name="account">Whose.</param>
    /// <param name="deployment">That it names.</param>
    /// <param name="id">Of the subscription.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <param name="dispute">Of one of its payments; null where none is known of.</param>
    public async Task SettleAsync(
        DurableTaskClient client, string account, string deployment, string id, CancellationToken ct, FoundDispute? dispute = null)
    {
        var subscription = await subscriptions.AskAsync(account, deployment, id, ct);
        subscription = dispute is null ? subscription : await paid.DisputedAsync(dispute, ct) ?? subscription;
        var claim = await orders.ClaimAsync(subscription, ct);
        if (claim.IsUnneeded)
        {
            await endings.EndAsync(subscription, DateTimeOffset.MinValue, ct);
        }
        else if (claim is { IsOwn: true, Deployment.Status: not DeploymentStatus.Terminated })
        {
            await paid.SettleAsync(client, claim, await subscriptions.EndTakenBackAsync(subscription, ct), ct);
            if (subscription.IsEnded)
            {
                await endings.EndAsync(subscription, refundFrom: null, ct);
            }
        }
        else if (claim.IsOwn)
        {
            // What was charged since the deletion began, the deletion has given back; what is charged after its end goes back here.
            await endings.EndAsync(subscription, refundFrom: null, ct);
        }
        else if (claim.Deployment is { Subscription: { } own, FormerSubscriptions: var former } && former.Contains(id))
        {
            // Another pays since then, so this one has to have ended. Times are to the second: what was paid in that one was paid before.
            var since = (await subscriptions.FindAsync(account, own, ct))?.StartedAt?.AddSeconds(1);
            await endings.EndAsync(subscription, since, ct);
        }
    }
}

/// <summary>What follows for a deployment from how that is which pays for it.</summary>
public sealed class PaidFor(PaidOrders orders, Offers offers, Arrears arrears, Disputes disputes)
{
    public Task<Subscription?> DisputedAsync(FoundDispute dispute, CancellationToken ct) => disputes.SettleAsync(dispute, ct);

    public async Task SettleAsync(DurableTaskClient client, Claim claim, Subscription own, CancellationToken ct)
    {
        own = await offers.HoldAsync(claim.Deployment!, own, ct);
        if (own.IsPaid)
        {
            await orders.BeginAsync(client, claim, own, ct);

            // What was sold on another page meanwhile names itself: by its event, and when the order is looked at next.
            await offers.WithdrawAsync(own, claim.IsFirst, ct);
        }

        if (await arrears.JudgeAsync(own, ct) is { Ladder: not null })
        {
            await client.StartDunningAsync(new(own.Account, own.Deployment), ct);
        }
    }
}
