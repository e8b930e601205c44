using System.Globalization;
using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Deployments;
using Stripe;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>What the payment provider tells comes twice, late, in any order or not at all, while more happens there: the end is the same.
/// LAUNCHPAD_EVENT_ORDERS says how many orders are tried, LAUNCHPAD_EVENT_SEED where they begin.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class EventOrderTests(LaunchpadApi api)
{
    private const double Now = 0.4;
    private const double Twice = 0.25;
    private const double Lost = 0.15;

    [Fact]
    public async Task However_a_subscriptions_events_arrive_the_end_is_the_same()
    {
        var (orders, seed) = (Setting("LAUNCHPAD_EVENT_ORDERS", 8), Setting("LAUNCHPAD_EVENT_SEED", 1));
        using var shop = await Shop.OpenAsync(api);
        await shop.WebhooksAsync(enabled: false);
        try
        {
            var wanted = await TellAsync(shop, new InOrder());
            Assert.Equal(("canceled", "ended", 1, 0), wanted);
            for (var order = seed; order < seed + orders; order++)
            {
                var seen = await TellAsync(shop, new Disorder(new Random(order)));
                Assert.True(wanted == seen, $"Order {order}: {seen} instead of {wanted}");
            }
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }
    }

    /// <summary>Bought, renewed in vain, paid with another card, cancelled: seven events and more.</summary>
    private async Task<(string State, string? Cause, int Paid, int Refunds)> TellAsync(Shop shop, Post post)
    {
        var id = await shop.Owner.OrderAsync();
        var session = await shop.PageAsync(id);
        await shop.ChangeAsync(id, now => now with { Status = DeploymentStatus.Running, ActiveVersion = 1, LastKnownGood = 1, Vm = "vm_none" });
        var subscription = await shop.PayAsync(session);
        await DeliverAsync(shop, post, id, subscription);
        await shop.FailRenewalAsync(subscription);
        await DeliverAsync(shop, post, id, subscription);
        await shop.PayOpenAsync(subscription);
        await DeliverAsync(shop, post, id, subscription);
        await new SubscriptionService(api.Stripe).CancelAsync(subscription);
        await DeliverAsync(shop, post, id, subscription);
        foreach (var late in post.Rest())
        {
            Assert.Equal(200, await shop.TellAsync(late));
        }

        // What was lost is looked for by the clock.
        await shop.DueAsync(id);
        var billing = await shop.LookAsync(
            () => shop.BillingAsync(id),
            seen => seen.GetProperty("state").GetString() == "canceled" && seen.GetProperty("ladder").ValueKind is not JsonValueKind.Null);
        var paid = await shop.RecordedAsync(id, "paid");
        return (billing.GetProperty("state").GetString()!, billing.GetProperty("ladder").GetProperty("cause").GetString(), paid.Count, billing.GetProperty("refunds").GetArrayLength());
    }

    private async Task DeliverAsync(Shop shop, Post post, string deployment, string subscription)
    {
        foreach (var body in post.Take(await SaidAsync(deployment, subscription)))
        {
            Assert.Equal(200, await shop.TellAsync(body));
        }
    }

    /// <summary>All that the provider has said of it, oldest first, as it would send it.</summary>
    private async Task<IReadOnlyList<(string Id, string Body)>> SaidAsync(string deployment, string subscription)
    {
        var all = await new EventService(api.Stripe).ListAutoPagingAsync(new() { Limit = 100 }).Take(60).ToListAsync();
        return
        [
            .. all.Select(one => (one.Id, Body: one.StripeResponse?.Content ?? one.ToJson()))
                .Where(one => one.Body.Contains(deployment, StringComparison.Ordinal) || one.Body.Contains(subscription, StringComparison.Ordinal))
                .Reverse(),
        ];
    }

    private static int Setting(string name, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(name) ?? $"{otherwise}", CultureInfo.InvariantCulture);

    /// <summary>Who carries events to us.</summary>
    private abstract class Post
    {
        private readonly HashSet<string> known = [];

        /// <summary>What is delivered at once of what was said so far.</summary>
        public IReadOnlyList<string> Take(IEnumerable<(string Id, string Body)> said) => Sort([.. said.Where(one => known.Add(one.Id)).Select(one => one.Body)]);

        /// <summary>What is delivered in the end.</summary>
        public abstract IReadOnlyList<string> Rest();

        protected abstract IReadOnlyList<string> Sort(IReadOnlyList<string> fresh);
    }

    private sealed class InOrder : Post
    {
        public override IReadOnlyList<string> Rest() => [];

        protected override IReadOnlyList<string> Sort(IReadOnlyList<string> fresh) => fresh;
    }

    private sealed class Disorder(Random random) : Post
    {
        private readonly List<string> waiting = [];

        public override IReadOnlyList<string> Rest() => [.. waiting.Shuffle(random)];

        protected override IReadOnlyList<string> Sort(IReadOnlyList<string> fresh)
        {
            foreach (var body in fresh.Where(_ => random.NextDouble() >= Lost))
            {
                waiting.Add(body);
                if (random.NextDouble() < Twice)
                {
                    waiting.Add(body);
                }
            }

            string[] shuffled = [.. waiting.Shuffle(random)];
            string[] now = [.. shuffled.Where(_ => random.NextDouble() < Now)];
            Array.ForEach(now, body => waiting.Remove(body));
            return now;
        }
    }
}

file static class Shuffling
{
    public static IEnumerable<T> Shuffle<T>(this IEnumerable<T> items, Random random)
    {
        T[] all = [.. items];
        random.Shuffle(all);
        return all;
    }
}
