using Launchpad.Shared.Billing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>What is looked into at the payment provider by the clock: events are often late and sometimes never come.</summary>
public sealed class BillingSchedules(
    BillingWatches watches, Reconciliation reconciliation, Checkouts checkouts, ILogger<BillingSchedules> log)
{
    /// <summary>In one run; the others are still due at the next.</summary>
    private const int LooksMax = 200;

    // Stripe allows 20 searches a second.
    private const int LooksAtOnce = 4;

    /// <summary>Payment pages minutes after they were opened, and every running subscription once an hour, each at its own time.</summary>
    [Function("ReconcileBilling")]
    public async Task Reconcile(
        [TimerTrigger("45 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client,
        CancellationToken ct) =>
        await Parallel.ForEachAsync(
            await watches.DueAsync(LooksMax, ct), new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = ct },
            async (due, stop) => await LookAsync(client, due, stop));

    /// <summary>One that cannot be looked at now keeps no other waiting.</summary>
    private async Task LookAsync(DurableTaskClient client, BillingDue due, CancellationToken ct)
    {
        if (await watches.FollowAsync(due, ct) is not { } watch)
        {
            return;
        }

        try
        {
            await reconciliation.RunAsync(client, watch, ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(exception, "The payments of {Deployment} were not looked into", watch.Deployment);
            await checkouts.PostponeAsync(watch, ct);
        }
    }
}

/// <summary>Finds subscriptions again that nobody would look into any more.</summary>
public sealed class BillingUpkeep(SubscriptionStore subscriptions, BillingWatches watches)
{
    /// <summary>Every subscription that may still be charged is looked at, also when the row that says so was lost: some of them each time,
    /// from where the last run stopped.</summary>
    [Function("WatchSubscriptions")]
    public async Task Watch([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        var (some, next) = await subscriptions.ListAsync(await watches.ContinuationAsync(ct), ct);
        foreach (var subscription in some.Where(subscription => !subscription.IsEnded))
        {
            await watches.EnsureAsync(subscription.Account, subscription.Deployment, ct);
        }

        await watches.ContinueAsync(next, ct);
    }
}
