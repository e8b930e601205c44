namespace Launchpad.Shared.Billing;

/// <summary>Asks the payment provider, and keeps the answer.</summary>
public sealed class Subscriptions(StripeGateway stripe, SubscriptionStore store, TimeProvider clock)
{
    public async Task<Subscription> AskAsync(string account, string deployment, string id, CancellationToken ct)
    {
        var asOf = clock.GetUtcNow();
        if (await stripe.FindSubscriptionAsync(id, ct) is { } state)
        {
            return await store.SaveAsync(
                new(
                    account, id, deployment, state.Plan ?? "", state.Status, asOf, state.PaidUntil, state.CancelAtPeriodEnd, state.Customer,
                    state.Price)
                {
                    StartedAt = state.StartedAt,
                },
                ct);
        }

        var known = (await store.OfAsync(account, deployment, ct)).FirstOrDefault(subscription => subscription.Id == id);
        return await store.SaveAsync(
            (known ?? new(account, id, deployment, "", "", asOf)) with { Status = Subscription.Missing, AsOf = asOf }, ct);
    }

    /// <summary>It is charged from now on.</summary>
    /// <returns>What it is then.</returns>
    public async Task<Subscription> EndTrialAsync(Subscription trial, CancellationToken ct)
    {
        await stripe.EndTrialAsync(trial.Id, ct);
        return await AskAsync(trial.Account, trial.Deployment, trial.Id, ct);
    }

    /// <summary>The ids of all that were ever taken for a deployment: those we have a row of, those the provider has, since a row may be
    /// lost, and <paramref name="others"/>.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(
        string account, string deployment, IEnumerable<string> others, CancellationToken ct) =>
    [
        .. (await store.OfAsync(account, deployment, ct)).Select(subscription => subscription.Id)
            .Union(await stripe.SubscriptionsOfAsync(deployment, ct))
            .Union(others),
    ];

    /// <summary>Whether anything may still be charged for the deployment.</summary>
    public async Task<bool> IsAnyAliveAsync(string account, string deployment, CancellationToken ct) =>
        (await store.OfAsync(account, deployment, ct)).Any(subscription => !subscription.IsEnded);
}
