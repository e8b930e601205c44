using System.Text.Json;
using Launchpad.Local.Stripe;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>What months do to a subscription.</summary>
public sealed class BillingClockTests : IAsyncLifetime, IDisposable
{
    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Fact]
    public async Task A_session_expires_after_a_day()
    {
        var order = StripeStack.Order();
        await _stack.CheckOutAsync(order);

        await _stack.PassAsync(TimeSpan.FromHours(25));

        var heard = await _stack.Merchant.NextAsync("checkout.session.expired");
        var read = await _stack.Webhooks.ReadAsync(heard.Body, heard.Signature, default);
        Assert.Equal((order.Deployment, null, "expired"), (read.Deployment, read.Subscription, read.Status));
    }

    [Fact]
    public async Task A_period_is_renewed_and_paid()
    {
        var subscription = await _stack.BuyAsync();
        var before = (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!;
        await _stack.Merchant.NextAsync("invoice.paid");

        await _stack.PassAsync(TimeSpan.FromDays(32));

        await _stack.Merchant.NextAsync("invoice.paid");
        var after = (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!;
        Assert.Equal("active", after.Status);
        Assert.Equal(before.PaidUntil!.Value.AddMonths(1), after.PaidUntil);
        var invoices = await _stack.GetAsync($"/v1/invoices?subscription={subscription}&expand[]=data.payments");
        Assert.Equal(["subscription_cycle", "subscription_create"], invoices.GetProperty("data").EnumerateArray()
            .Select(invoice => invoice.GetProperty("billing_reason").GetString()));
    }

    /// <summary>As the provider's own pages cancel: by a date, with which nothing says that it ends with its period.</summary>
    [Fact]
    public async Task What_ends_at_a_date_ends_then_and_is_kept_by_taking_the_date_back()
    {
        var subscription = await _stack.BuyAsync();
        var end = (await _stack.ItemAsync(subscription)).CurrentPeriodEnd;
        foreach (var at in (DateTime[])[end, end.AddDays(-10)])
        {
            await EndAtAsync(subscription, at);
            Assert.False((await new SubscriptionService(_stack.Sdk).GetAsync(subscription)).CancelAtPeriodEnd);
            var ending = (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!;
            Assert.Equal((true, at), (ending.CancelAtPeriodEnd, ending.PaidUntil!.Value.UtcDateTime));
        }

        await _stack.Gateway.EndWithPeriodAsync(subscription, ends: true, default);
        Assert.Equal(end.AddDays(-10), (await new SubscriptionService(_stack.Sdk).GetAsync(subscription)).CancelAt);
        await _stack.Gateway.EndWithPeriodAsync(subscription, ends: false, default);
        Assert.Null((await new SubscriptionService(_stack.Sdk).GetAsync(subscription)).CancelAt);
        await EndAtAsync(subscription, end.AddDays(10));
        var renews = (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!;
        Assert.Equal((false, end), (renews.CancelAtPeriodEnd, renews.PaidUntil!.Value.UtcDateTime));

        await EndAtAsync(subscription, end.AddDays(-10));
        await _stack.PassAsync(end.AddDays(-10) - _stack.Time.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(1));
        await _stack.Merchant.NextAsync("customer.subscription.deleted");
        var ended = (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!;
        Assert.Equal(end.AddDays(-10), ended.EndedAt!.Value.UtcDateTime, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task An_unpaid_period_is_past_due_then_tried_again_then_the_end()
    {
        var subscription = await _stack.BuyAsync();
        await FailFromNowOnAsync(subscription);

        await _stack.PassAsync(TimeSpan.FromDays(32));
        var failed = await _stack.Merchant.NextAsync("invoice.payment_failed");
        var read = await _stack.Webhooks.ReadAsync(failed.Body, failed.Signature, default);
        Assert.Equal((subscription, "past_due"), (read.Subscription, read.Status));

        foreach (var days in (int[])[4, 6])
        {
            await _stack.PassAsync(TimeSpan.FromDays(days));
            await _stack.Merchant.NextAsync("invoice.payment_failed");
        }

        // The last failure and the end are told at once, in either order.
        await _stack.PassAsync(TimeSpan.FromDays(8));
        await _stack.Merchant.NextAsync("customer.subscription.deleted");
        Assert.Equal("canceled", (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!.Status);
    }

    [Fact]
    public async Task Paying_an_open_invoice_makes_the_subscription_active_again()
    {
        var subscription = await _stack.BuyAsync();
        var customer = (await new SubscriptionService(_stack.Sdk).GetAsync(subscription)).CustomerId;
        await FailFromNowOnAsync(subscription);
        await _stack.PostAsync($"/v1/subscriptions/{subscription}", ("billing_cycle_anchor", "now"));
        Assert.Equal("past_due", (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!.Status);
        var invoice = (await new SubscriptionService(_stack.Sdk).GetAsync(subscription)).LatestInvoiceId;

        var refused = await _stack.PostAsync($"/v1/invoices/{invoice}/pay");
        Assert.Equal("card_declined", refused.GetProperty("error").GetProperty("code").GetString());
        var card = await _stack.PostAsync("/v1/payment_methods/pm_card_visa/attach", ("customer", customer));
        var paid = await _stack.PostAsync($"/v1/invoices/{invoice}/pay", ("payment_method", card.GetProperty("id").GetString()!));

        Assert.Equal("paid", paid.GetProperty("status").GetString());
        Assert.Equal("active", (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!.Status);
    }

    [Fact]
    public async Task A_cancellation_at_the_end_of_the_period_waits_for_it()
    {
        var subscription = await _stack.BuyAsync();
        await _stack.PostAsync($"/v1/subscriptions/{subscription}", ("cancel_at_period_end", "true"));
        var updated = await _stack.Merchant.NextAsync("customer.subscription.updated");
        Assert.Contains("\"previous_attributes\"", updated.Body, StringComparison.Ordinal);
        Assert.True((await _stack.Gateway.FindSubscriptionAsync(subscription, default)) is { Status: "active", CancelAtPeriodEnd: true });

        await _stack.PassAsync(TimeSpan.FromDays(32));

        await _stack.Merchant.NextAsync("customer.subscription.deleted");
    }

    private async Task FailFromNowOnAsync(string subscription)
    {
        var customer = (await new SubscriptionService(_stack.Sdk).GetAsync(subscription)).CustomerId;
        var card = await _stack.PostAsync("/v1/payment_methods/pm_card_chargeCustomerFail/attach", ("customer", customer));
        await _stack.PostAsync($"/v1/subscriptions/{subscription}", ("default_payment_method", card.GetProperty("id").GetString()!));
    }

    private Task<global::Stripe.Subscription> EndAtAsync(string subscription, DateTime at) =>
        new SubscriptionService(_stack.Sdk).UpdateAsync(subscription, new() { CancelAt = at });
}
