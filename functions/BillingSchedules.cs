using Launchpad.Functions.Abuse;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>What is looked into at the payment provider by the clock: events are often late and sometimes never come.</summary>
public sealed class BillingSchedules(
    BillingWatches watches, Reconciliation reconciliation, PageWatch pages, ILogger<BillingSchedules> log)
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
            await pages.LookAsync(watch, ct);
            await reconciliation.RunAsync(client, watch, ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(exception, "The payments of {Deployment} were not looked into", watch.Deployment);
            await reconciliation.PostponeAsync(watch, ct);
        }
    }
}

/// <summary>Money and deployments, held against each other as wholes.</summary>
public sealed class BillingSweeps(SubscriptionSweep sweep, ILogger<BillingSweeps> log)
{
    /// <summary>Once an hour, both ways.</summary>
    [Function("SweepSubscriptions")]
    public async Task Sweep([TimerTrigger("10 25 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        var swept = await sweep.RunAsync(ct);
        log.LogInformation("{Seen} subscriptions, {Differing} deployments to be looked at", swept.Seen, swept.Differing);
    }
}

/// <summary>Finds subscriptions again that nobody would look into any more.</summary>
public sealed class BillingUpkeep(SubscriptionStore subscriptions, DeploymentStore deployments, BillingWatches watches)
{
    /// <summary>Every subscription that may still be charged is looked at, also when the row that says so was lost: some of them each time,
    /// from where the last run stopped.</summary>
    [Function("WatchSubscriptions")]
    public async Task Watch([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        var (some, next) = await subscriptions.ListAsync(await watches.ContinuationAsync(ct), ct);
        foreach (var subscription in some)
        {
            if (!subscription.IsEnded || await IsUsedAsync(subscription, ct))
            {
                await watches.EnsureAsync(subscription.Account, subscription.Deployment, ct);
            }
        }

        await watches.ContinueAsync(next, ct);
    }

    /// <summary>It has ended, and its bot has its place all the same: that is for the ladder.</summary>
    private async Task<bool> IsUsedAsync(Subscription ended, CancellationToken ct) =>
        await deployments.FindAsync(ended.Account, ended.Deployment, ct) is { Vm: not null, Status: not DeploymentStatus.Terminated } deployment
        && deployment.Subscription == ended.Id;
}
