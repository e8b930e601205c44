using Launchpad.Functions.Tests.Api;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Stripe;
using Stripe.Checkout;
using Plan = Launchpad.Shared.Plans.Plan;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>What the payment provider knows is what a customer sees, whether it was told or has to be asked.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class ReconciliationTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    public static IEnumerable<object[]> Changes =>
        from change in (string[])["canceled", "past-due", "ends later", "ends at a date", "customer deleted"]
        from told in (bool[])[true, false]
        select (object[])[change, told];

    [Fact]
    public async Task An_order_that_was_paid_while_nobody_was_told_begins_minutes_later()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, unpaid) = (await shop.Owner.OrderAsync(), await shop.Owner.OrderAsync());
        await shop.PageAsync(unpaid);
        var page = await shop.PageAsync(id);
        Assert.Equal("unpaid", (await shop.BillingAsync(id)).GetProperty("state").GetString());
        await shop.WebhooksAsync(enabled: false);
        try
        {
            await shop.PayAsync(page);
            await shop.LookAsync(() => shop.Owner.GetAsync($"deployments/{id}"), seen => seen.GetProperty("lastOperation").ValueKind
                is System.Text.Json.JsonValueKind.String);
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }

        Assert.Equal("active", (await shop.BillingAsync(id)).GetProperty("state").GetString());
        Assert.Single(await shop.RecordedAsync(id, "paid"));
        Assert.Equal("unpaid", (await shop.BillingAsync(unpaid)).GetProperty("state").GetString());
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task What_changes_at_the_provider_is_seen_and_recorded_once(string change, bool told)
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.WebhooksAsync(told);
        var billing = default(System.Text.Json.JsonElement);
        try
        {
            var expected = await MakeAsync(subscription, change);
            await shop.DueAsync(id);
            billing = await (told
                ? Shop.UntilAsync(() => shop.BillingAsync(id), IsSeen)
                : shop.LookAsync(() => shop.BillingAsync(id), IsSeen));
            bool IsSeen(System.Text.Json.JsonElement seen) =>
                (seen.GetProperty("state").GetString(), seen.GetProperty("cancelAtPeriodEnd").GetBoolean()) == expected;
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }

        await shop.DueAsync(id);
        await api.FireAsync("ReconcileBilling");
        Assert.Equal("starter", billing.GetProperty("plan").GetString());
        Assert.True(billing.GetProperty("periodEnd").GetDateTimeOffset() > DateTimeOffset.UtcNow);
        Assert.NotEmpty(billing.GetProperty("reason").GetString()!);
        var recorded = Assert.Single(await shop.RecordedAsync(id, "billing"));
        Assert.Equal(
            ("active", billing.GetProperty("state").GetString()),
            (recorded.GetProperty("from").GetString(), recorded.GetProperty("to").GetString()));
        var listed = (await shop.Owner.GetAsync("deployments")).GetProperty("deployments").EnumerateArray().Single();
        Assert.Equal(billing.GetProperty("state").GetString(), listed.GetProperty("billing").GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_price_that_is_not_the_plans_is_put_right_and_recorded()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await api.Service<StripeGateway>().ChangePlanAsync(subscription, PlanPrice.Of(Plan.Get("plus")), Ct);

        await shop.DueAsync(id);
        await shop.LookAsync(() => PriceAsync(subscription), price => price == 1900);

        await Shop.UntilAsync(() => shop.RecordedAsync(id, "price-mended"), recorded => recorded.Count == 1);
    }

    /// <summary>As a larger plan that was being switched to leaves them when the deployment is deleted meanwhile.</summary>
    [Fact]
    public async Task Price_and_promise_are_those_of_the_active_version_whatever_they_were_left_at()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        var vm = await MachineAsync(id, 4096);
        await api.Service<StripeGateway>().ChangePlanAsync(subscription, PlanPrice.Of(Plan.Get("plus")), Ct);
        await shop.ChangeAsync(id, now => now with { Vm = vm });
        var other = (await HeldAsync(shop, id)).Operation!.Id;
        var deployment = await HeldAsync(shop, id);
        await VersionAsync(deployment, 1, "starter", ConfigVersionStatus.Active);
        await VersionAsync(deployment, 2, "plus", ConfigVersionStatus.Pending);
        var input = new BotInput(deployment.Operation!.Id, deployment.Account, id, Tier.Shared, vm, 2);

        var refused = await Assert.ThrowsAsync<NotHeldException>(
            () => api.Make<PlanActivities>().SettlePlan(input with { Operation = other }, Ct));
        Assert.Equal(("preempted", 3900), (refused.Code, await PriceAsync(subscription)));
        await api.Make<PlanActivities>().SettlePlan(input, Ct);
        await api.Make<PlanActivities>().SettlePlan(input, Ct);

        Assert.Equal(1900, await PriceAsync(subscription));
        Assert.Equal(2048, (await api.Service<VmStore>().GetAsync(Tier.Shared, vm, Ct)).Reservations[id]);
    }

    [Fact]
    public async Task The_price_does_not_wait_for_a_machine_that_is_gone()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await api.Service<StripeGateway>().ChangePlanAsync(subscription, PlanPrice.Of(Plan.Get("plus")), Ct);
        var deployment = await HeldAsync(shop, id);
        await VersionAsync(deployment, 1, "starter", ConfigVersionStatus.Active);

        await api.Make<PlanActivities>().SettlePlan(
            new(deployment.Operation!.Id, deployment.Account, id, Tier.Shared, "vm_none", 1), Ct);

        Assert.Equal(1900, await PriceAsync(subscription));
    }

    [Fact]
    public async Task A_page_that_expired_and_a_customer_that_was_deleted_are_made_anew()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var first = await shop.PageAsync(id);
        Assert.Equal(first, await shop.PageAsync(id));
        await new SessionService(api.Stripe).ExpireAsync(first);
        var second = await shop.PageAsync(id);
        Assert.NotEqual(first, second);
        await new CustomerService(api.Stripe).DeleteAsync((await new SessionService(api.Stripe).GetAsync(second)).CustomerId);
        var third = await shop.PageAsync(id);
        Assert.Equal(410, await api.PayAsync(second));

        await shop.PayAsync(third);
        await shop.SeesAsync(id, "active");
    }

    [Theory]
    [InlineData("customer.subscription.updated", "subscription", "sub_gone")]
    [InlineData("checkout.session.completed", "checkout.session", "cs_gone")]
    [InlineData("invoice.paid", "invoice", "in_gone")]
    public async Task An_event_about_what_is_gone_is_taken_and_recorded(string type, string kind, string gone)
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var metadata = new { account = shop.Owner.Account, deployment = id };
        var about = new
        {
            id = gone,
            @object = kind,
            metadata,
            parent = new { type = "subscription_details", subscription_details = new { subscription = "sub_gone", metadata } },
        };
        var told = $"evt_{Guid.NewGuid():n}";
        Assert.Equal(200, await shop.TellAsync(type, about, told));
        Assert.Equal(200, await shop.TellAsync(type, about, told));
        Assert.Equal(200, await shop.TellAsync(type, new { id = gone, @object = kind }));

        var recorded = Assert.Single(await shop.RecordedAsync(id, "object-gone"));
        Assert.Equal(type, recorded.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_watch_that_was_lost_is_there_again()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, _) = await shop.RunningAsync();
        var watches = api.Service<BillingWatches>();
        await watches.ChangeAsync(shop.Owner.Account, id, _ => null, Ct);

        await Shop.UntilAsync(
            async () =>
            {
                await api.FireAsync("WatchSubscriptions");
                return await watches.FindAsync(shop.Owner.Account, id, Ct);
            },
            watch => watch is not null);
    }

    /// <summary>The look saw what was before: neither its end nor its failure puts off what was asked for since.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_asked_for_while_a_look_is_on_its_way_is_looked_at_again(bool ends)
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, _) = await shop.RunningAsync();
        await shop.DueAsync(id);
        var (watches, checkouts) = (api.Service<BillingWatches>(), api.Service<Checkouts>());
        var looked = (await watches.FindAsync(shop.Owner.Account, id, Ct))!;

        await watches.LookSoonAsync(shop.Owner.Account, id, Ct);
        await (ends ? checkouts.RescheduleAsync(looked, new([], []), isPayable: false, isAnyAlive: false, Ct) : checkouts.PostponeAsync(looked, Ct));

        Assert.True((await watches.FindAsync(shop.Owner.Account, id, Ct))!.DueAt <= DateTimeOffset.UtcNow);
    }

    /// <returns>The state that it has to be seen in, and whether it ends with its period.</returns>
    private async Task<(string State, bool EndsLater)> MakeAsync(string subscription, string change)
    {
        var service = new SubscriptionService(api.Stripe);
        switch (change)
        {
            case "canceled":
                await service.CancelAsync(subscription);
                return ("canceled", false);
            case "ends later":
                await service.UpdateAsync(subscription, new() { CancelAtPeriodEnd = true });
                return ("active", true);
            case "ends at a date":
                await service.UpdateAsync(subscription, new() { CancelAt = (await service.GetAsync(subscription)).Items.Data[0].CurrentPeriodEnd });
                return ("active", true);
            case "customer deleted":
                await new CustomerService(api.Stripe).DeleteAsync((await service.GetAsync(subscription)).CustomerId);
                return ("canceled", false);
            default:
                var customer = (await service.GetAsync(subscription)).CustomerId;
                var card = await new PaymentMethodService(api.Stripe).AttachAsync(
                    "pm_card_chargeCustomerFail", new() { Customer = customer });
                await service.UpdateAsync(subscription, new() { DefaultPaymentMethod = card.Id });
                var now = new SubscriptionUpdateOptions();
                now.AddExtraParam("billing_cycle_anchor", "now");
                await service.UpdateAsync(subscription, now);
                return ("past-due", false);
        }
    }

    private async Task<Deployment> HeldAsync(Shop shop, string id)
    {
        var (operation, now) = (Ids.New(Ids.Operation, TimeProvider.System), DateTimeOffset.UtcNow);
        await api.Service<OperationStore>().AddAsync(
            new(operation, shop.Owner.Account, id, OperationKind.Terminate, OperationStatus.Accepted, "me", now, now.AddHours(1)), Ct);
        return await shop.ChangeAsync(id, current => current with { Operation = new(operation, OperationKind.Terminate, now, "me") });
    }

    private async Task<long?> PriceAsync(string subscription) =>
        (await new SubscriptionService(api.Stripe).GetAsync(subscription)).Items.Data.Single().Price.UnitAmount;

    private async Task<string> MachineAsync(string deployment, int promisedMb)
    {
        var id = Ids.New(Ids.Vm, TimeProvider.System);
        await api.Service<Tables>().Vms.AddEntityAsync(new Azure.Data.Tables.TableEntity("shared", id)
        {
            ["status"] = "Ready",
            ["size"] = "s",
            ["capacityMb"] = 16_384,
            ["createdAt"] = DateTimeOffset.UtcNow,
            ["reservations"] = $"{{\"{deployment}\":{promisedMb}}}",
            ["address"] = "127.0.0.1",
            ["hostKey"] = "k",
        });
        return id;
    }

    private async Task VersionAsync(Deployment deployment, int number, string plan, ConfigVersionStatus status) =>
        await api.Service<ConfigVersionStore>().TryAddAsync(
            new(deployment.Id, number, new("image", plan, deployment.Settings, [], []), status, DateTimeOffset.UtcNow, "me", "test"), Ct);
}
