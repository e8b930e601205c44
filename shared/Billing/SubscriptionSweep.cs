using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Billing;

/// <param name="Seen">What both know, or one of them.</param>
/// <param name="Differing">What is looked at because of that.</param>
public sealed record SubscriptionsSwept(int Seen, int Differing);

/// <summary>Holds all that the provider has against all that is kept here, both ways, by reading each as a list: what a look at each would
/// take an hour for. What differs is looked at within the minute, as if it had been told of.</summary>
public sealed class SubscriptionSweep(StripeGateway stripe, SubscriptionStore store, BillingWatches watches, ILogger<SubscriptionSweep> log)
{
    public async Task<SubscriptionsSwept> RunAsync(CancellationToken ct)
    {
        var kept = await KeptAsync(ct);
        var seen = kept.Count;
        var differing = new HashSet<(string Account, string Deployment)>();
        await foreach (var state in stripe.AllAsync(ct))
        {
            if (state is not { Account: { } account, Deployment: { } deployment }
                || !Ids.IsValid(account, Ids.Account) || !Ids.IsValid(deployment, Ids.Deployment))
            {
                continue;
            }

            seen += kept.Remove(state.Id, out var known) ? 0 : 1;
            if (known is null ? !state.IsEnded : IsNews(known, state))
            {
                differing.Add((account, deployment));
            }
        }

        // Of what is left the provider knows nothing.
        differing.UnionWith(kept.Values.Where(one => !one.IsEnded && one.Status != Subscription.Missing).Select(one => (one.Account, one.Deployment)));
        foreach (var (account, deployment) in differing)
        {
            log.LogWarning("{Deployment} is not paid for as is known here: it is looked at", deployment);
            await watches.LookSoonAsync(account, deployment, ct);
        }

        return new(seen, differing.Count);
    }

    /// <summary>Also what goes on there and has ended here, and what has ended and can be paid still.</summary>
    private static bool IsNews(Subscription known, SubscriptionState state) => known.IsEnded ? !state.IsEnded || !known.IsClosed
        : (known.Status, known.PaidUntil, known.CancelAtPeriodEnd, known.Plan) != (state.Status, state.PaidUntil, state.CancelAtPeriodEnd, state.Plan);

    private async Task<Dictionary<string, Subscription>> KeptAsync(CancellationToken ct)
    {
        var kept = new Dictionary<string, Subscription>();
        string? next = null;
        do
        {
            (var some, next) = await store.ListAsync(next, ct);
            foreach (var one in some)
            {
                kept[one.Id] = one;
            }
        }
        while (next is not null);
        return kept;
    }
}
