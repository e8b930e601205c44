using System.Text.Json;
using Launchpad.Local.Faults;
using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Stripe;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>A customer takes another plan in the middle of a period, through the product's gateway.</summary>
public sealed class PlanChangeTests : IAsyncLifetime, IDisposable
{
    private static readonly PlanPrice Pro = new("pro", "launchpad-pro", 3900, "usd", "Pro");
    private static readonly PlanPrice Starter = new("starter", "launchpad-starter", 1900, "usd", "Starter");

    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Fact]
    public async Task A_dearer_plan_costs_the_difference_for_the_rest_of_the_period()
    {
        var subscription = await _stack.BuyAsync();
        var before = await _stack.ItemAsync(subscription);
        _stack.Time.Advance(TimeSpan.FromDays(10));

        Assert.True(await _stack.Gateway.ChangePlanAsync(subscription, Pro, default));

        var after = await _stack.ItemAsync(subscription);
        Assert.Equal((before.Id, 3900, before.CurrentPeriodEnd), (after.Id, after.Price.UnitAmount, after.CurrentPeriodEnd));
        var state = await _stack.Gateway.FindSubscriptionAsync(subscription, default);
        Assert.Equal(("active", "pro", "acc_1"), (state!.Status, state.Plan, state.Account));

        var (debit, credit) = await PairAsync(subscription);
        Assert.StartsWith("Remaining time on Launchpad Pro after ", debit.Text("description"), StringComparison.Ordinal);
        Assert.StartsWith("Unused time on Launchpad Starter after ", credit.Text("description"), StringComparison.Ordinal);
        Assert.Equal(Share(3900, debit, before), Amount(debit));
        Assert.Equal(-Share(1900, credit, before), Amount(credit));
        Assert.InRange(Amount(debit) + Amount(credit), 1200, 1400);

        var renewed = await _stack.RenewAsync(subscription);
        Assert.Equal(
            [Amount(debit), Amount(credit), 3900],
            renewed.GetProperty("lines").GetProperty("data").EnumerateArray().Select(Amount));
        var total = 3900 + Amount(debit) + Amount(credit);
        Assert.Equal(
            ("subscription_cycle", total, total),
            (renewed.Text("billing_reason"), renewed.Number("total"), renewed.Number("amount_paid")));
        Assert.Empty(await _stack.PendingAsync(subscription));
        Assert.Equal(3900, (await _stack.RenewAsync(subscription)).Number("total"));
    }

    [Fact]
    public async Task A_cheaper_plan_gives_the_difference_back_with_the_next_invoice()
    {
        var subscription = await _stack.BuyAsync();
        await _stack.Gateway.ChangePlanAsync(subscription, Pro, default);
        await _stack.RenewAsync(subscription);
        var period = await _stack.ItemAsync(subscription);
        _stack.Time.Advance(TimeSpan.FromDays(7));

        Assert.True(await _stack.Gateway.ChangePlanAsync(subscription, Starter, default));

        var (debit, credit) = await PairAsync(subscription);
        Assert.Equal(Share(1900, debit, period), Amount(debit));
        Assert.Equal(-Share(3900, credit, period), Amount(credit));
        var renewed = await _stack.RenewAsync(subscription);
        Assert.Equal(1900 + Amount(debit) + Amount(credit), renewed.Number("total"));
        Assert.Equal(renewed.Number("total"), renewed.Number("amount_paid"));
    }

    [Fact]
    public async Task There_and_back_at_once_costs_nothing()
    {
        var subscription = await _stack.BuyAsync();

        Assert.True(await _stack.Gateway.ChangePlanAsync(subscription, Pro, default));
        Assert.True(await _stack.Gateway.ChangePlanAsync(subscription, Starter, default));

        var pending = await _stack.PendingAsync(subscription);
        Assert.Equal(4, pending.Count);
        Assert.Equal(0, pending.Sum(Amount));
        Assert.Equal(1900, (await _stack.ItemAsync(subscription)).Price.UnitAmount);
        Assert.Equal(1900, (await _stack.RenewAsync(subscription)).Number("total"));
    }

    [Fact]
    public async Task The_plan_that_it_has_already_changes_nothing()
    {
        var subscription = await _stack.BuyAsync();

        Assert.False(await _stack.Gateway.ChangePlanAsync(subscription, Starter, default));
        Assert.True(await _stack.Gateway.ChangePlanAsync(subscription, Pro, default));
        Assert.False(await _stack.Gateway.ChangePlanAsync(subscription, Pro, default));

        Assert.Equal(2, (await _stack.PendingAsync(subscription)).Count);
    }

    [Fact]
    public async Task A_wrong_plan_in_the_metadata_is_put_right_for_nothing()
    {
        var subscription = await _stack.BuyAsync();
        await _stack.PostAsync($"/v1/subscriptions/{subscription}", ("metadata[plan]", "pro"));

        Assert.False(await _stack.Gateway.ChangePlanAsync(subscription, Starter, default));

        Assert.Equal("starter", (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!.Plan);
        Assert.Empty(await _stack.PendingAsync(subscription));
    }

    [Fact]
    public async Task One_wish_told_twice_at_once_is_one_change()
    {
        var subscription = await _stack.BuyAsync();
        var changed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _stack.Gateway.ChangePlanAsync(subscription, Pro, default)));
        Assert.Contains(true, changed);
        Assert.False(await _stack.Gateway.ChangePlanAsync(subscription, Pro, default));

        Assert.Equal(2, (await _stack.PendingAsync(subscription)).Count);
    }

    [Theory]
    [InlineData(FaultKind.FailBefore)]
    [InlineData(FaultKind.FailAfter)]
    [InlineData(FaultKind.Duplicate)]
    [InlineData(FaultKind.Throttle)]
    public async Task A_fault_in_between_still_is_one_change(FaultKind fault)
    {
        var subscription = await _stack.BuyAsync();
        _stack.Context.Faults.Set(1, [new FaultRule("stripe", fault, "POST", "/v1/subscriptions/", Count: 1, RetryAfterSeconds: 0.2)]);
        try
        {
            Assert.True(await _stack.Gateway.ChangePlanAsync(subscription, Pro, default));
        }
        finally
        {
            _stack.Context.Faults.Clear();
        }

        Assert.Equal("pro", (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!.Plan);
        Assert.Equal(2, (await _stack.PendingAsync(subscription)).Count);
    }

    [Fact]
    public async Task The_merchant_is_told_what_it_was_before()
    {
        var subscription = await _stack.BuyAsync();
        await _stack.Gateway.ChangePlanAsync(subscription, Pro, default);

        var heard = await _stack.Merchant.NextAsync("customer.subscription.updated", subscription);
        using var body = JsonDocument.Parse(heard.Body);
        var data = body.RootElement.GetProperty("data");
        Assert.Equal(3900, UnitAmount(data.GetProperty("object")));
        Assert.Equal(1900, UnitAmount(data.GetProperty("previous_attributes")));
        Assert.Equal("starter", data.GetProperty("previous_attributes").GetProperty("metadata").Text("plan"));
        var read = await _stack.Webhooks.ReadAsync(heard.Body, heard.Signature, default);
        Assert.Equal((subscription, "active"), (read.Subscription, read.Status));
    }

    [Fact]
    public async Task A_subscription_that_has_ended_or_never_was_is_refused_for_good()
    {
        var subscription = await _stack.BuyAsync();
        await _stack.Gateway.CancelSubscriptionAsync(subscription, default);

        foreach (var gone in (string[])[subscription, "sub_never"])
        {
            var refused = await Assert.ThrowsAsync<PermanentException>(() => _stack.Gateway.ChangePlanAsync(gone, Pro, default));
            Assert.Equal("subscription-ended", refused.Code);
            Assert.Contains("Subscribe again", refused.Message, StringComparison.Ordinal);
        }

        var prices = await new PriceService(_stack.Sdk).ListAsync(new() { LookupKeys = ["launchpad-pro"] });
        Assert.Empty(prices.Data);
    }

    private static long Amount(JsonElement item) => item.Number("amount");

    private static long UnitAmount(JsonElement subscription) =>
        subscription.GetProperty("items").GetProperty("data")[0].GetProperty("price").Number("unit_amount");

    // What the seconds from the change to the end of the period are worth.
    private static long Share(decimal price, JsonElement item, SubscriptionItem period)
    {
        var (start, end) = (period.CurrentPeriodStart, period.CurrentPeriodEnd);
        var from = DateTime.UnixEpoch.AddSeconds(item.GetProperty("period").Number("start"));
        var share = (decimal)(end - from).TotalSeconds / (decimal)(end - start).TotalSeconds;
        return (long)Math.Round(price * share, MidpointRounding.AwayFromZero);
    }

    private async Task<(JsonElement Debit, JsonElement Credit)> PairAsync(string subscription)
    {
        var pending = await _stack.PendingAsync(subscription);
        Assert.All(pending, item => Assert.True(item.GetProperty("proration").GetBoolean()));
        Assert.Equal(2, pending.Count);
        return (pending[0], pending[1]);
    }
}
