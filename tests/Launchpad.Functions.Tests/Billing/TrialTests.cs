using System.Globalization;
using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Stripe;
using Stripe.Checkout;
using Plan = Launchpad.Shared.Plans.Plan;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>The first order of an account is free for some days where its plan says so, and no other is.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class TrialTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task The_plans_say_which_of_them_begin_with_a_trial_and_take_codes()
    {
        using var shop = await Shop.OpenAsync(api);

        var plans = (await shop.Owner.GetAsync("plans")).GetProperty("plans").EnumerateArray().ToList();

        Assert.Equal(
            [("starter", 0), ("plus", 7), ("dedicated", 0)],
            plans.Select(plan => (plan.GetProperty("id").GetString()!, plan.GetProperty("trialDays").GetInt32())));
        Assert.All(plans, plan => Assert.True(plan.GetProperty("takesCodes").GetBoolean()));
    }

    [Fact]
    public async Task The_first_order_of_an_account_is_a_trial_and_billing_says_until_when()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync("plus");

        var billing = await shop.BillingAsync(id);
        var now = await new SubscriptionService(api.Stripe).GetAsync(subscription);
        var end = new DateTimeOffset(now.TrialEnd!.Value);
        Assert.Equal(("trialing", TimeSpan.FromDays(7)), (now.Status, now.TrialEnd - now.TrialStart));
        Assert.Equal((end, end), (billing.GetProperty("trialEndsAt").GetDateTimeOffset(), billing.GetProperty("periodEnd").GetDateTimeOffset()));
        Assert.Equal($"It is free until {end:u}, and then charged.", billing.GetProperty("reason").GetString());
        var next = billing.GetProperty("nextCharge");
        Assert.Equal((end, 3900), (next.GetProperty("at").GetDateTimeOffset(), next.GetProperty("amount").GetInt64()));
        Assert.Single(await shop.RecordedAsync(id, "trial"));
        Assert.Empty(await shop.RecordedAsync(id, "paid"));

        var invoice = Assert.Single((await shop.Owner.GetAsync("billing/invoices")).GetProperty("invoices").EnumerateArray());
        Assert.Equal(
            (0, "paid", end), (invoice.GetProperty("total").GetInt64(), invoice.GetProperty("status").GetString(), invoice.GetProperty("periodEnd").GetDateTimeOffset()));
        var month = DateTimeOffset.UtcNow.ToString("yyyy-MM", null);
        var line = Assert.Single((await shop.Owner.GetAsync($"billing/statements?month={month}")).GetProperty("bots").EnumerateArray());
        Assert.Equal((0, true), (line.GetProperty("chargedCents").GetInt64(), line.GetProperty("agrees").GetBoolean()));
    }

    [Theory]
    [InlineData("plus")]
    [InlineData("starter")]
    public async Task A_second_order_of_the_account_is_paid_from_its_first_day(string first)
    {
        using var shop = await Shop.OpenAsync(api);
        await shop.RunningAsync(first);

        var (id, subscription) = await shop.RunningAsync("plus");

        var billing = await shop.BillingAsync(id);
        Assert.Equal(JsonValueKind.Null, billing.GetProperty("trialEndsAt").ValueKind);
        Assert.Equal("It is paid for, and renews by itself.", billing.GetProperty("reason").GetString());
        Assert.Equal([3900L], await PaidAsync(subscription));
    }

    [Fact]
    public async Task As_soon_as_one_trial_has_begun_no_open_page_promises_another()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, other) = (await shop.OrderAsync("plus"), await shop.OrderAsync("plus"));
        var (page, stale) = (await shop.PageAsync(id), await shop.PageAsync(other));

        await shop.PayAsync(page);
        await Shop.UntilAsync(() => new SessionService(api.Stripe).GetAsync(stale), session => session.Status == "expired");

        Assert.Equal(410, await api.PayAsync(stale));
        var fresh = await shop.PageAsync(other);
        Assert.NotEqual(stale, fresh);
        Assert.Equal(3900, (await new SessionService(api.Stripe).GetAsync(fresh)).AmountTotal);
    }

    [Fact]
    public async Task A_page_that_promises_what_the_account_has_no_right_to_any_more_is_replaced()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.OrderAsync("plus");
        var page = await shop.PageAsync(id);
        Assert.Equal(page, await shop.PageAsync(id));

        await api.Service<SubscriptionStore>().SaveAsync(
            new(shop.Owner.Account, "sub_before", "dep_before", "starter", "canceled", DateTimeOffset.UtcNow), Ct);

        Assert.NotEqual(page, await shop.PageAsync(id));
        Assert.Equal("expired", (await new SessionService(api.Stripe).GetAsync(page)).Status);
    }

    [Fact]
    public async Task Of_two_that_were_begun_at_once_the_first_stays_and_the_other_is_charged_once()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, other) = (await shop.OrderAsync("plus"), await shop.OrderAsync("plus"));
        var (page, second) = (await shop.PageAsync(id), await shop.PageAsync(other));
        await shop.ChangeAsync(other, Running);
        await shop.ChangeAsync(id, Running);
        await shop.WebhooksAsync(enabled: false);
        try
        {
            var first = await shop.PayAsync(page);
            await Task.Delay(TimeSpan.FromSeconds(1.1));
            var late = await shop.PayAsync(second);

            // The later one is heard of first, and nothing is known of the earlier one yet.
            await TellAsync(shop, other, late);
            Assert.Equal("trialing", await shop.StatusAsync(late));
            for (var times = 0; times < 2; times++)
            {
                await TellAsync(shop, id, first);
                await TellAsync(shop, other, late);
            }

            Assert.Equal(("trialing", "active"), (await shop.StatusAsync(first), await shop.StatusAsync(late)));
            Assert.Equal([3900L, 0], await PaidAsync(late));
            Assert.Equal(JsonValueKind.Null, (await shop.BillingAsync(other)).GetProperty("trialEndsAt").ValueKind);
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }
    }

    [Fact]
    public async Task Cancelled_in_the_trial_it_ends_with_it_and_nothing_is_charged()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync("plus");

        var (status, billing) = await shop.PostAsync("billing/cancel", new { deployment = id });

        var end = billing.GetProperty("trialEndsAt").GetDateTimeOffset();
        Assert.Equal((200, $"It was cancelled, and is free until {end:u}. Nothing is charged."), (status, billing.GetProperty("reason").GetString()));
        Assert.Equal(JsonValueKind.Null, billing.GetProperty("nextCharge").ValueKind);
        Assert.Equal(end.AddDays(30), billing.GetProperty("keptUntil").GetDateTimeOffset());
        await EndTrialAsync(subscription);
        await shop.SeesAsync(id, "canceled");
        Assert.Equal([0L], await PaidAsync(subscription));
    }

    [Fact]
    public async Task A_trial_whose_first_charge_fails_is_past_due_and_on_the_ladder()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync("plus");
        var customer = (await new SubscriptionService(api.Stripe).GetAsync(subscription)).CustomerId;
        var card = await new PaymentMethodService(api.Stripe).AttachAsync("pm_card_chargeCustomerFail", new() { Customer = customer });
        await new SubscriptionService(api.Stripe).UpdateAsync(subscription, new() { DefaultPaymentMethod = card.Id });

        await EndTrialAsync(subscription);

        await shop.SeesAsync(id, "past-due");
        var billing = await Shop.UntilAsync(() => shop.BillingAsync(id), seen => seen.GetProperty("ladder").ValueKind is JsonValueKind.Object);
        Assert.Equal("payment-failed", billing.GetProperty("ladder").GetProperty("cause").GetString());
        Assert.Equal(JsonValueKind.Null, billing.GetProperty("trialEndsAt").ValueKind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_second_trial_of_one_order_is_cancelled_and_there_is_nothing_to_give_back(bool beganFirst)
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.OrderAsync("plus");
        var (page, stray) = (await shop.PageAsync(id), await shop.StrayPageAsync(id, trialDays: 7));
        await shop.ChangeAsync(id, Running);
        await shop.WebhooksAsync(enabled: false);
        try
        {
            // What is heard of first pays for the order, whichever began first.
            var early = beganFirst ? await shop.PayAsync(stray) : null;
            await Task.Delay(early is null ? 0 : 1_100);
            var own = await shop.PayAsync(page);
            await TellAsync(shop, id, own);
            var duplicate = early ?? await shop.PayAsync(stray);
            await TellAsync(shop, id, duplicate);
            await TellAsync(shop, id, own);

            Assert.Equal(("trialing", "canceled"), (await shop.StatusAsync(own), await shop.StatusAsync(duplicate)));
            Assert.Empty(await shop.RefundsAsync(duplicate));
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }

        Assert.Equal("active", (await shop.BillingAsync(id)).GetProperty("state").GetString());
        foreach (var action in (string[])["refunded", "refund-refused", "event-refused"])
        {
            Assert.Empty(await shop.RecordedAsync(id, action));
        }

        Assert.DoesNotContain(await api.Service<Pager>().OpenAsync(Ct), raised => raised.Subject == id);
    }

    [Fact]
    public async Task Another_plan_in_the_trial_is_free_as_long_and_costs_its_price_then()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync("plus");
        var before = (await shop.BillingAsync(id)).GetProperty("trialEndsAt").GetDateTimeOffset();
        var preview = await shop.Owner.GetAsync($"deployments/{id}/invoice-preview?plan=dedicated");
        Assert.Equal(
            (before, 7900, 0), (preview.GetProperty("at").GetDateTimeOffset(), preview.GetProperty("total").GetInt64(), preview.GetProperty("proration").GetInt64()));

        await api.Service<StripeGateway>().ChangePlanAsync(subscription, PlanPrice.Of(Plan.Get("dedicated")), Ct);

        var billing = await Shop.UntilAsync(() => shop.BillingAsync(id), seen => seen.GetProperty("plan").GetString() == "dedicated");
        Assert.Equal(
            (before, 7900), (billing.GetProperty("trialEndsAt").GetDateTimeOffset(), billing.GetProperty("nextCharge").GetProperty("amount").GetInt64()));
        Assert.Equal([0L], await PaidAsync(subscription));
    }

    [Theory]
    [InlineData(4, false, 0)]
    [InlineData(2, false, 1)]
    [InlineData(2, true, 0)]
    public async Task Some_days_before_a_trial_ends_its_owner_hears_of_it_once_unless_it_was_cancelled(int daysLeft, bool cancelled, int letters)
    {
        var email = $"{Guid.NewGuid():n}@example.com";
        using var shop = new Shop(api, await api.SignedUpAsync(email));
        var (id, subscription) = await shop.RunningAsync("plus");
        var own = (await api.Service<SubscriptionStore>().FindAsync(shop.Owner.Account, subscription, Ct))!;
        var deployment = await api.Service<DeploymentStore>().GetAsync(shop.Owner.Account, id, Ct);

        for (var looked = 0; looked < 3; looked++)
        {
            var seen = own with { AsOf = own.PaidUntil!.Value.AddDays(-daysLeft).AddHours(looked), CancelAtPeriodEnd = cancelled };
            Assert.Equal(seen, await api.Service<Offers>().HoldAsync(deployment, seen, Ct));
        }

        Assert.Equal(letters, (await shop.RecordedAsync(id, "trial-ends")).Count);
        if (letters > 0)
        {
            var letter = await api.LetterAsync(email, "Your trial ends soon: Canary Name");
            Assert.Contains(
                $"ends on {own.PaidUntil!.Value.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}. From then on 39.00 USD is charged", letter.TextBody, StringComparison.Ordinal);
        }

        Assert.Equal(letters, (await api.LettersAsync(email)).Count(one => one.Subject!.StartsWith("Your trial ends", StringComparison.Ordinal)));
    }

    private static Deployment Running(Deployment now) =>
        now with { Status = DeploymentStatus.Running, ActiveVersion = 1, LastKnownGood = 1, Vm = "vm_none" };

    private static async Task TellAsync(Shop shop, string id, string subscription) => Assert.Equal(200, await shop.TellAsync(
        "customer.subscription.updated",
        new { id = subscription, @object = "subscription", metadata = new { account = shop.Owner.Account, deployment = id } }));

    private Task<Stripe.Subscription> EndTrialAsync(string subscription) =>
        new SubscriptionService(api.Stripe).UpdateAsync(subscription, new() { TrialEnd = SubscriptionTrialEnd.Now });

    /// <summary>On each of its invoices, newest first.</summary>
    private async Task<IReadOnlyList<long>> PaidAsync(string subscription) =>
        [.. (await new InvoiceService(api.Stripe).ListAsync(new() { Subscription = subscription })).Select(one => one.AmountPaid)];
}
