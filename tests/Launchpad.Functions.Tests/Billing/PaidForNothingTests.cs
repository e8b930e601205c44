using Azure.Data.Tables;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Storage;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>What is paid and cannot be for anything is cancelled, given back, written down and told; nobody can pay for an order that has
/// ended.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class PaidForNothingTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    public static TheoryData<string> Ends => ["another was paid", "it is being deleted", "it is deleted", "its plan is not sold any more"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task What_is_paid_when_there_is_nothing_to_pay_for_goes_back_once(string end)
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var stray = await shop.StrayPageAsync(id);
        await EndAsync(shop, id, end);

        var subscription = await shop.PayAsync(stray);
        await Shop.UntilAsync(() => shop.RecordedAsync(id, "refunded"), recorded => recorded.Count == 1);
        await AgainAsync(shop, subscription);

        Assert.Equal("canceled", await shop.StatusAsync(subscription));
        Assert.Equal([1900L], await shop.RefundsAsync(subscription));
        var told = Assert.Single(await shop.RecordedAsync(id, "refunded"));
        Assert.Equal(
            $$"""{"action":"refunded","amount":1900,"currency":"usd","subscription":"{{subscription}}"}""", told.GetRawText());
        var billing = await shop.BillingAsync(id);
        Assert.Equal(end == "another was paid" ? "active" : "refunded", billing.GetProperty("state").GetString());
        var refund = Assert.Single(billing.GetProperty("refunds").EnumerateArray());
        Assert.Equal((1900, "usd"), (refund.GetProperty("amount").GetInt64(), refund.GetProperty("currency").GetString()));
        Assert.Contains("19.00 USD", billing.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_was_used_goes_back()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await AgainAsync(shop, subscription);
        await shop.ChangeAsync(id, now => now with { Operation = new("op_x", OperationKind.Terminate, DateTimeOffset.UtcNow, "me") });
        await AgainAsync(shop, subscription);

        Assert.Equal("active", await shop.StatusAsync(subscription));
        Assert.Empty(await shop.RefundsAsync(subscription));
        Assert.Single(await shop.RecordedAsync(id, "paid"));
    }

    [Fact]
    public async Task The_page_of_an_order_is_closed_when_it_is_deleted_and_a_lost_row_does_not_keep_it_open()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, lost) = (await shop.Owner.OrderAsync(), await shop.Owner.OrderAsync());
        string[] pages = [await shop.PageAsync(id), await shop.PageAsync(lost)];
        await api.Service<BillingWatches>().ChangeAsync(shop.Owner.Account, lost, watch => watch! with { Sessions = [] }, Ct);

        foreach (var order in (string[])[id, lost])
        {
            using var deleted = await shop.Owner.Http.DeleteAsync(new Uri($"deployments/{order}?window=none", UriKind.Relative));
            Assert.Equal(202, (int)deleted.StatusCode);
        }

        foreach (var page in pages)
        {
            await Shop.UntilAsync(() => new SessionService(api.Stripe).GetAsync(page), session => session.Status == "expired");
            Assert.Equal(410, await api.PayAsync(page));
        }

        Assert.Equal(409, (await shop.CheckOutAsync(id)).Status);
    }

    [Fact]
    public async Task A_deletion_ends_every_subscription_of_its_deployment_also_what_our_rows_have_lost()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        var tables = api.Service<Tables>();
        await tables.Subscriptions.DeleteEntityAsync(shop.Owner.Account, subscription);
        await api.Service<BillingWatches>().ChangeAsync(shop.Owner.Account, id, _ => null, Ct);
        await shop.ChangeAsync(id, now => now with { Subscription = null });

        using var deleted = await shop.Owner.Http.DeleteAsync(new Uri($"deployments/{id}?window=none", UriKind.Relative));

        await shop.UntilAsync(subscription, "canceled");
    }

    [Fact]
    public async Task An_order_that_never_ran_is_given_back_when_it_is_deleted_and_a_bot_that_ran_is_not()
    {
        using var shop = await Shop.OpenAsync(api);
        var (ran, used) = await shop.RunningAsync();
        var never = await shop.Owner.OrderAsync();
        var unused = await shop.PayAsync(await shop.PageAsync(never));
        await shop.SeesAsync(never, "active");
        var settlement = api.Service<FinalSettlement>();
        foreach (var id in (string[])[ran, never, ran, never])
        {
            var deployment = await api.Service<DeploymentStore>().GetAsync(shop.Owner.Account, id, Ct);
            Assert.Equal(1, await settlement.SettleAsync(deployment, DateTimeOffset.UtcNow.AddMinutes(1), Ct));
        }

        Assert.Equal(("canceled", "canceled"), (await shop.StatusAsync(used), await shop.StatusAsync(unused)));
        Assert.Empty(await shop.RefundsAsync(used));
        Assert.Equal([1900L], await shop.RefundsAsync(unused));
        Assert.Equal("canceled", (await shop.BillingAsync(ran)).GetProperty("state").GetString());
        Assert.Equal("refunded", (await shop.BillingAsync(never)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Of_two_pages_the_one_that_was_not_paid_is_closed()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var (paid, other) = (await shop.PageAsync(id), await shop.StrayPageAsync(id));
        await api.Service<BillingWatches>().ChangeAsync(
            shop.Owner.Account, id, watch => watch! with { Sessions = [other, paid] }, Ct);

        await shop.PayAsync(paid);

        await Shop.UntilAsync(() => new SessionService(api.Stripe).GetAsync(other), session => session.Status == "expired");
        Assert.Equal(409, (await shop.CheckOutAsync(id)).Status);
    }

    [Fact]
    public async Task What_is_not_sold_any_more_cannot_be_checked_out()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        await shop.ChangeAsync(id, now => now with { Plan = "ancient" });

        var (status, problem) = await shop.CheckOutAsync(id);

        Assert.Equal((409, "urn:launchpad:problem:plan-unknown"), (status, problem.GetProperty("type").GetString()));
    }

    private static async Task EndAsync(Shop shop, string id, string end)
    {
        switch (end)
        {
            case "another was paid":
                await shop.PayAsync(await shop.PageAsync(id));
                await shop.SeesAsync(id, "active");
                break;
            case "it is being deleted":
                await shop.ChangeAsync(
                    id, now => now with { Operation = new("op_x", OperationKind.Terminate, DateTimeOffset.UtcNow, "me") });
                break;
            case "it is deleted":
                await shop.ChangeAsync(id, now => now.To(DeploymentStatus.Terminated));
                break;
            default:
                await shop.ChangeAsync(id, now => now with { Plan = "ancient" });
                break;
        }
    }

    /// <summary>Every event of the subscription comes again, last things first, and once more under another id.</summary>
    private async Task AgainAsync(Shop shop, string subscription)
    {
        var events = await new EventService(api.Stripe).ListAutoPagingAsync(new() { Limit = 100 }).ToListAsync();
        foreach (var told in events.Select(told => told.ToJson()).Where(body => body.Contains(subscription, StringComparison.Ordinal)))
        {
            Assert.Equal(200, await shop.TellAsync(told));
        }

        Assert.Equal(200, await shop.TellAsync("customer.subscription.updated", new { id = subscription, @object = "subscription" }));
    }
}
