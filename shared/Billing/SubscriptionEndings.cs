using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Billing;

/// <summary>The end of paying. Whatever was interrupted is done again and goes on where it was.</summary>
public sealed class SubscriptionEndings(Subscriptions subscriptions, StripeInvoices invoices, Refunds refunds, SubscriptionStore store)
{
    /// <param name="subscription">As the provider was last heard to know it.</param>
    /// <param name="refundFrom">What was paid from this moment on is given back; null for only what was paid after its end.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task EndAsync(Subscription subscription, DateTimeOffset? refundFrom, CancellationToken ct)
    {
        var ended = subscription.IsEnded ? subscription : await subscriptions.CancelAsync(subscription, ct);

        // First, so that nobody pays while the rest is done: what has ended buys nothing.
        if (ended is { IsEnded: true, IsClosed: false } && await invoices.VoidAsync(ended.Id, ct))
        {
            await store.CloseAsync(ended, ct);
        }

        await refunds.RefundAsync(ended, refundFrom, ct);
    }
}

/// <summary>The end of all payments for a deployment that is deleted.</summary>
public sealed class FinalSettlement(Subscriptions subscriptions, Checkouts checkouts, SubscriptionEndings endings)
{
    /// <summary>Closes its payment pages and ends every subscription, and gives back what was paid for nothing: all of it where no bot
    /// ever ran or another subscription paid, else what was charged after the deletion began.</summary>
    /// <returns>How many subscriptions there were.</returns>
    public async Task<int> SettleAsync(Deployment deployment, DateTimeOffset deletedAt, CancellationToken ct)
    {
        // First, so that nobody pays while the rest is done.
        var sold = await checkouts.CloseAsync(deployment.Account, deployment.Id, ct);
        string[] own = deployment.Subscription is { } id ? [id] : [];
        var all = await subscriptions.OfAsync(deployment.Account, deployment.Id, [.. sold, .. own], ct);
        foreach (var known in all)
        {
            var subscription = await subscriptions.AskAsync(deployment.Account, deployment.Id, known, ct);
            var isUsed = deployment.ActiveVersion is not null
                && (known == deployment.Subscription || deployment.FormerSubscriptions.Contains(known));
            await endings.EndAsync(subscription, isUsed ? deletedAt : DateTimeOffset.MinValue, ct);
        }

        await checkouts.ForgetAsync(deployment.Account, deployment.Id, ct);
        return all.Count;
    }
}
