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
                    EndedAt = state.EndedAt,
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

    /// <summary>Ends it at once.</summary>
    /// <returns>What the provider says of it then: what it does not know has not ended for that.</returns>
    public async Task<Subscription> CancelAsync(Subscription subscription, CancellationToken ct)
    {
        await stripe.CancelSubscriptionAsync(subscription.Id, ct);
        var now = await AskAsync(subscription.Account, subscription.Deployment, subscription.Id, ct);
        return now is { IsEnded: false, Status: not Subscription.Missing }
            ? throw new InvalidOperationException($"{subscription.Id} was cancelled and is {now.Status}.")
            : now;
    }

    /// <summary>What was paid for it is the customer's again: no other period is charged.</summary>
    /// <returns>What it is then.</returns>
    public async Task<Subscription> EndTakenBackAsync(Subscription own, CancellationToken ct)
    {
        if (own is not { IsTakenBack: true, CancelAtPeriodEnd: false, State: BillingState.Active or BillingState.PastDue })
        {
            return own;
        }

        try
        {
            await stripe.EndWithPeriodAsync(own.Id, ends: true, ct);
        }
        catch (PermanentException ended) when (ended.Code == StripeGateway.Ended)
        {
            // That is more than was wanted.
        }

        return await AskAsync(own.Account, own.Deployment, own.Id, ct);
    }

    public Task<Subscription?> FindAsync(string account, string id, CancellationToken ct) => store.FindAsync(account, id, ct);

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
