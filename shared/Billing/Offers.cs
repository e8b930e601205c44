using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;

namespace Launchpad.Shared.Billing;

/// <summary>What payment pages offer beyond the plan, and what of it stands once one was paid on. A trial is for the subscription that an
/// account begins with, and for no other (ADR 52).</summary>
public sealed class Offers(Checkouts checkouts, Subscriptions subscriptions, SubscriptionStore store, Notices notices)
{
    /// <summary>For how many days an order of the account is free; 0 for none.</summary>
    public async Task<int> TrialDaysAsync(string account, Plan plan, CancellationToken ct) =>
        plan.TrialDays > 0 && await store.FirstAsync(account, counts: null, ct) is null ? plan.TrialDays : 0;

    /// <summary>What was sold is sold on no other page, and no page of the account promises a trial any more.</summary>
    /// <param name="own">What pays for its deployment.</param>
    /// <param name="isFirst">It has just become that.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task WithdrawAsync(Subscription own, bool isFirst, CancellationToken ct)
    {
        await checkouts.CloseAsync(own.Account, own.Deployment, ct);
        if (isFirst && own.Customer is { } customer)
        {
            await checkouts.CloseTrialsAsync(customer, ct);
        }
    }

    /// <summary>Ends a trial that the account has no right to: pages of two orders were paid on at once, or what was paid on was open for long.
    /// Of one that it has and that ends soon its owner hears.</summary>
    /// <param name="deployment">That it pays for. What else was taken for it and never paid for it is cancelled, so that does not count.</param>
    /// <param name="own">What pays for it.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>The subscription as it is then.</returns>
    public async Task<Subscription> HoldAsync(Deployment deployment, Subscription own, CancellationToken ct)
    {
        if (!own.IsTrial)
        {
            return own;
        }

        if (await store.FirstAsync(own.Account, Counts, ct) != own.Id)
        {
            return await subscriptions.EndTrialAsync(own, ct);
        }

        await notices.TellTrialAsync(deployment, own, ct);
        return own;

        bool Counts(string id, string of) => of != own.Deployment || id == own.Id || deployment.FormerSubscriptions.Contains(id);
    }
}
