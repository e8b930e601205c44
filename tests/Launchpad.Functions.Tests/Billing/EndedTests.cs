using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Stripe;
using Subscription = Launchpad.Shared.Billing.Subscription;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>What has ended is not paid for any more, by anybody and in no way; and what goes on at the provider is not taken for ended.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class EndedTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_an_ended_subscription_left_open_cannot_be_paid_whether_its_end_was_told_or_is_found(bool isTold)
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.FailRenewalAsync(subscription);
        await shop.SeesAsync(id, "past-due");
        Assert.Equal(("open", true), await NewestAsync(shop));
        await shop.WebhooksAsync(isTold);
        try
        {
            await CancelAsync(subscription);
            if (!isTold)
            {
                // Its end is known here, and whoever was to close it was cut off and forgotten.
                await api.Service<Subscriptions>().AskAsync(shop.Owner.Account, id, subscription, Ct);
                await api.Service<BillingWatches>().ChangeAsync(shop.Owner.Account, id, _ => null, Ct);
                Assert.Equal(("open", false), await NewestAsync(shop));
                await api.Service<SubscriptionSweep>().RunAsync(Ct);
            }

            await (isTold
                ? Shop.UntilAsync(() => NewestAsync(shop), newest => newest == ("void", false))
                : shop.LookAsync(() => NewestAsync(shop), newest => newest == ("void", false)));
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }

        var kept = await Shop.UntilAsync(() => StoredAsync(shop, subscription), stored => stored.IsClosed);
        Assert.True(kept is { IsEnded: true, EndedAt: not null });
        Assert.Empty(await shop.RecordedAsync(id, "refunded"));
        Assert.Equal(0, await SweptAsync(id));
    }

    [Fact]
    public async Task What_is_paid_after_the_end_all_the_same_goes_back_and_is_told()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.FailRenewalAsync(subscription);
        await shop.SeesAsync(id, "past-due");
        await shop.WebhooksAsync(enabled: false);
        try
        {
            await CancelAsync(subscription);
            await Task.Delay(TimeSpan.FromSeconds(1.5));
            await PayNewestAsync(subscription);
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }

        var paid = await new InvoiceService(api.Stripe).ListAsync(new() { Subscription = subscription, Limit = 1 });
        for (var times = 0; times < 2; times++)
        {
            Assert.Equal(200, await shop.TellAsync("invoice.paid", JsonElement.Parse(paid.Single().ToJson())));
        }

        await Shop.UntilAsync(() => shop.RecordedAsync(id, "refunded"), recorded => recorded.Count == 1);
        Assert.Equal([1900L], await shop.RefundsAsync(subscription));
        var billing = await shop.BillingAsync(id);
        Assert.Equal(("refunded", 1900), (billing.GetProperty("state").GetString(), billing.GetProperty("refunds")[0].GetProperty("amount").GetInt64()));
    }

    [Fact]
    public async Task What_the_provider_does_not_know_is_missing_and_not_ended()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        Subscription unknown = new(shop.Owner.Account, $"sub_{Guid.NewGuid():n}", id, "starter", "active", DateTimeOffset.UtcNow);
        await api.Service<SubscriptionStore>().SaveAsync(unknown, Ct);

        await api.Service<SubscriptionEndings>().EndAsync(unknown, DateTimeOffset.MinValue, Ct);

        Assert.Equal(Subscription.Missing, (await StoredAsync(shop, unknown.Id)).Status);
    }

    [Fact]
    public async Task What_was_taken_for_ended_and_is_charged_is_seen_and_goes_on_with_its_bot()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.ChangeAsync(id, now => now.To(DeploymentStatus.Suspended));
        await MistakeAsync(shop, id, subscription);
        Assert.Equal("canceled", (await shop.BillingAsync(id)).GetProperty("state").GetString());

        Assert.True(await SweptAsync(id) > 0);

        await shop.LookAsync(() => shop.BillingAsync(id), billing => billing.GetProperty("state").GetString() == "active");
        Assert.Equal("active", await shop.StatusAsync(subscription));
    }

    [Fact]
    public async Task What_was_taken_for_ended_and_is_charged_for_a_bot_that_is_gone_is_ended()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.ChangeAsync(id, now => now with { Status = DeploymentStatus.Terminated });
        await MistakeAsync(shop, id, subscription);

        await SweptAsync(id);

        await shop.LookAsync(async () => await shop.StatusAsync(subscription), status => status == "canceled");
        Assert.Empty(await shop.RefundsAsync(subscription));
    }

    [Fact]
    public async Task What_was_taken_for_ended_and_another_pays_instead_of_is_ended_and_what_it_took_since_goes_back()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, first) = await shop.RunningAsync();
        await MistakeAsync(shop, id, first);
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        var began = DateTimeOffset.UtcNow;
        await api.Service<SubscriptionStore>().SaveAsync(
            new(shop.Owner.Account, "sub_second", id, "starter", "active", began.AddHours(1)) { StartedAt = began }, Ct);
        await shop.ChangeAsync(id, now => now with { Subscription = "sub_second", FormerSubscriptions = [first] });
        await Task.Delay(TimeSpan.FromSeconds(2));
        var renewal = new SubscriptionUpdateOptions();
        renewal.AddExtraParam("billing_cycle_anchor", "now");
        await new SubscriptionService(api.Stripe).UpdateAsync(first, renewal);

        await shop.UntilAsync(first, "canceled");
        await Shop.UntilAsync(() => shop.RefundsAsync(first), refunds => refunds.Count > 0);
        Assert.Equal([1900L], await shop.RefundsAsync(first));
    }

    private Task<Stripe.Subscription> CancelAsync(string subscription) => new SubscriptionService(api.Stripe).CancelAsync(subscription);

    private async Task<Subscription> StoredAsync(Shop shop, string subscription) =>
        (await api.Service<SubscriptionStore>().FindAsync(shop.Owner.Account, subscription, Ct))!;

    /// <summary>As an answer that came with the wrong key once left it, an hour ago.</summary>
    private async Task MistakeAsync(Shop shop, string id, string subscription)
    {
        var known = await StoredAsync(shop, subscription);
        await api.Service<SubscriptionStore>().SaveAsync(known with { Status = "canceled", AsOf = DateTimeOffset.UtcNow.AddHours(-1) }, Ct);
        await api.Service<BillingWatches>().ChangeAsync(shop.Owner.Account, id, _ => null, Ct);
    }

    /// <returns>How many deployments are looked at because of it; 0 where this one is not among them.</returns>
    private async Task<int> SweptAsync(string id)
    {
        var before = await DueAsync(id);
        var swept = await api.Service<SubscriptionSweep>().RunAsync(Ct);
        return await DueAsync(id) == before ? 0 : swept.Differing;
    }

    private async Task<DateTimeOffset?> DueAsync(string id) =>
        (await api.Service<BillingWatches>().DueAsync(1_000, Ct)).Any(due => due.Deployment == id) ? DateTimeOffset.MinValue : null;

    private async Task PayNewestAsync(string subscription)
    {
        var open = (await new InvoiceService(api.Stripe).ListAsync(new() { Subscription = subscription, Status = "open" })).Single();
        var card = await new PaymentMethodService(api.Stripe).AttachAsync("pm_card_visa", new() { Customer = open.CustomerId });
        await new InvoiceService(api.Stripe).PayAsync(open.Id, new() { PaymentMethod = card.Id });
    }

    private static async Task<(string Status, bool CanPay)> NewestAsync(Shop shop)
    {
        var newest = (await shop.Owner.GetAsync("billing/invoices")).GetProperty("invoices")[0];
        return (newest.GetProperty("status").GetString()!, newest.GetProperty("canPay").GetBoolean());
    }
}
