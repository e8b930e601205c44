using System.Globalization;
using System.Runtime.CompilerServices;
using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>A subscription as the provider knows it now. <paramref name="PaidUntil"/> is null when nothing was billed yet; of a trial it is
/// its end, and of what ends at a date that.</summary>
/// <param name="CancelAtPeriodEnd">No other period follows: whether that is said so or, as the provider's pages do, by a date.</param>
/// <param name="EndedAt">When it ended, by the provider's clock; null while it has not.</param>
/// <param name="Price">Of the next whole period, less what a promotion code takes off it.</param>
public sealed record SubscriptionState(
    string Id, string Status, string? Account, string? Deployment, string? Plan, string? Customer, DateTimeOffset? PaidUntil,
    bool CancelAtPeriodEnd, Money? Price = null, DateTimeOffset? StartedAt = null, DateTimeOffset? EndedAt = null)
{
    public bool IsEnded => Subscription.IsEnd(Status);
}

/// <summary>Subscriptions at Stripe: how they are, what they cost, and their end.</summary>
public sealed class StripeGateway(StripeConnection connection, StripePrices prices)
{
    /// <summary>The code of whatever needs a subscription that runs.</summary>
    public const string Ended = "subscription-ended";

    /// <summary>What a change within a period is worth is on the next invoice.</summary>
    internal const string ProrationBehavior = "create_prorations";

    private const string RevisionKey = "revision";
    private const int RacesMax = 10;
    private const int PageMax = 100;

    public async Task<SubscriptionState?> FindSubscriptionAsync(string id, CancellationToken ct) =>
        await FindAsync(id, ct) is { } found ? State(found) : null;

    /// <summary>All that there are, ended ones too, a hundred at a time.</summary>
    public async IAsyncEnumerable<SubscriptionState> AllAsync([EnumeratorCancellation] CancellationToken ct)
    {
        string? after = null;
        do
        {
            var wanted = new SubscriptionListOptions { Status = "all", Limit = PageMax, StartingAfter = after };
            var page = await connection.RunAsync((client, stop) => new SubscriptionService(client).ListAsync(wanted, null, stop), ct);
            foreach (var one in page.Data)
            {
                yield return State(one);
            }

            after = page.HasMore ? page.Data[^1].Id : null;
        }
        while (after is not null);
    }

    /// <summary>The ids of all that were ever sold for a deployment, ended ones too. Stripe's index may lag a minute behind.</summary>
    public async Task<IReadOnlyList<string>> SubscriptionsOfAsync(string deployment, CancellationToken ct)
    {
        var wanted = new SubscriptionSearchOptions { Query = $"metadata['{StripeMetadata.DeploymentKey}']:'{deployment}'", Limit = 100 };
        return await connection.RunAsync(
            async (client, stop) => await new SubscriptionService(client).SearchAutoPagingAsync(wanted, cancellationToken: stop)
                .Select(found => found.Id)
                .ToListAsync(stop),
            ct);
    }

    /// <summary>The rest of the paid period is credited at the old price and charged at the new one, both with the next invoice. False
    /// when the subscription had that plan's price already.</summary>
    /// <exception cref="PermanentException">When there is no such subscription any more.</exception>
    public async Task<bool> ChangePlanAsync(string id, PlanPrice plan, CancellationToken ct)
    {
        for (var changes = 0; changes < RacesMax; changes++)
        {
            var subscription = await RunningAsync(id, ct);
            var item = subscription.Items.Data.Single();
            var pays = StripePrices.Pays(item.Price, plan);
            if (pays && StripeMetadata.Value(subscription, StripeMetadata.PlanKey) == plan.Plan)
            {
                return changes > 0;
            }

            try
            {
                await (pays ? NameAsync(subscription, plan, ct) : ChangeAsync(subscription, item, plan, ct));
            }
            catch (PermanentException)
            {
                await RunningAsync(id, ct);
                throw;
            }

            if (pays)
            {
                return changes > 0;
            }
        }

        throw new InvalidOperationException($"Somebody else changes the plan of {id} all the time.");
    }

    /// <summary>Whether it ends when the period does that is paid for.</summary>
    /// <exception cref="PermanentException">When it has ended already.</exception>
    public async Task EndWithPeriodAsync(string id, bool ends, CancellationToken ct)
    {
        var running = await RunningAsync(id, ct);
        if (State(running).CancelAtPeriodEnd == ends)
        {
            return;
        }

        var update = new SubscriptionUpdateOptions();
        if (ends || running.CancelAtPeriodEnd)
        {
            update.CancelAtPeriodEnd = ends;
        }
        else
        {
            // A date is taken back by an empty one alone.
            update.AddExtraParam("cancel_at", "");
        }

        await connection.RunAsync((client, stop) => new SubscriptionService(client).UpdateAsync(id, update, null, stop), ct);
    }

    /// <summary>It is charged from now on.</summary>
    public Task EndTrialAsync(string id, CancellationToken ct)
    {
        var update = new SubscriptionUpdateOptions { TrialEnd = SubscriptionTrialEnd.Now };
        // Once: of what is charged already, it would begin another period.
        var once = new RequestOptions { IdempotencyKey = $"trial-end-{id}" };
        return connection.RunAsync((client, stop) => new SubscriptionService(client).UpdateAsync(id, update, once, stop), ct);
    }

    /// <summary>Ends it at once. One that has ended, or never was, is fine too.</summary>
    public Task CancelSubscriptionAsync(string id, CancellationToken ct) =>
        connection.FindAsync((client, stop) => new SubscriptionService(client).CancelAsync(id, null, null, stop), ct);

    private async Task NameAsync(Stripe.Subscription subscription, PlanPrice plan, CancellationToken ct)
    {
        var update = new SubscriptionUpdateOptions { Metadata = new() { [StripeMetadata.PlanKey] = plan.Plan } };
        await connection.RunAsync(
            (client, stop) => new SubscriptionService(client).UpdateAsync(subscription.Id, update, null, stop), ct);
    }

    /// <summary>The key names the change by what it starts from, so that the same change there, back and there again is three.</summary>
    private async Task ChangeAsync(Stripe.Subscription subscription, SubscriptionItem item, PlanPrice plan, CancellationToken ct)
    {
        var price = await prices.IdAsync(plan, ct);
        var before = StripeMetadata.Value(subscription, RevisionKey);
        var revision = (int.TryParse(before, CultureInfo.InvariantCulture, out var last) ? last : 0) + 1;
        var update = new SubscriptionUpdateOptions
        {
            Items = [new() { Id = item.Id, Price = price }],
            Metadata = new()
            {
                [StripeMetadata.PlanKey] = plan.Plan,
                [RevisionKey] = revision.ToString(CultureInfo.InvariantCulture),
            },
            ProrationBehavior = ProrationBehavior,
        };
        var once = new RequestOptions { IdempotencyKey = $"plan-{subscription.Id}-{revision}-{item.Price.Id}-{price}" };
        await connection.RunAsync(
            (client, stop) => new SubscriptionService(client).UpdateAsync(subscription.Id, update, once, stop), ct);
    }

    private async Task<Stripe.Subscription> RunningAsync(string id, CancellationToken ct) =>
        await FindAsync(id, ct) is { } running && !Subscription.IsEnd(running.Status)
            ? running
            : throw new PermanentException(
                Ended,
                "The subscription has ended, so its plan was not changed and nothing was charged. Subscribe again to use another plan.");

    private Task<Stripe.Subscription?> FindAsync(string id, CancellationToken ct)
    {
        var options = new SubscriptionGetOptions { Expand = [StripeDiscounts.Expand] };
        return connection.FindAsync((client, stop) => new SubscriptionService(client).GetAsync(id, options, null, stop), ct);
    }

    private static SubscriptionState State(Stripe.Subscription subscription)
    {
        DateTime? period = subscription.Items?.Data is { Count: > 0 } items ? items.Min(item => item.CurrentPeriodEnd) : null;
        // Up to a date in a later period it renews.
        var endsAt = subscription.CancelAt is { } at && !(at > period) ? at : (DateTime?)null;
        return new(
            subscription.Id,
            subscription.Status,
            StripeMetadata.Account(subscription),
            StripeMetadata.Deployment(subscription),
            StripeMetadata.Value(subscription, StripeMetadata.PlanKey),
            subscription.CustomerId,
            endsAt ?? period,
            subscription.CancelAtPeriodEnd || endsAt is not null,
            subscription.Items?.Data is [{ Price.UnitAmount: { } each } item, ..]
                ? new(StripeDiscounts.Left(subscription, each * item.Quantity, item.CurrentPeriodEnd), item.Price.Currency)
                : null,
            subscription.Created,
            subscription.EndedAt);
    }
}
