using System.Net;
using Launchpad.Shared.Billing;
using Stripe;
using Stripe.Checkout;
using Subscription = Stripe.Subscription;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>The first days of a subscription, in which nothing is charged: how they begin, what ends them and how.</summary>
public sealed class TrialTests : IAsyncLifetime, IDisposable
{
    private const string FailsLater = "4000 0000 0000 0341";

    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Fact]
    public async Task A_trial_costs_nothing_and_keeps_the_card_for_what_follows()
    {
        var link = await _stack.CheckOutAsync(Order());
        var html = await _stack.Client.GetStringAsync(new Uri(link.Url));
        Assert.Contains("Try Launchpad Starter", html, StringComparison.Ordinal);
        Assert.Contains("7 days free", html, StringComparison.Ordinal);
        Assert.Contains("<span>Total due today</span><span>$0.00</span>", html, StringComparison.Ordinal);
        Assert.Contains("You will be charged $39.00 per month beginning in 7 days", html, StringComparison.Ordinal);

        using var begun = await _stack.PayAsync(link.SessionId);

        Assert.Equal(HttpStatusCode.SeeOther, begun.StatusCode);
        var session = await new SessionService(_stack.Sdk).GetAsync(link.SessionId);
        Assert.Equal(("complete", "no_payment_required", 0L), (session.Status, session.PaymentStatus, session.AmountTotal));
        var now = await GetAsync(session.SubscriptionId);
        Assert.Equal(("trialing", TimeSpan.FromDays(7)), (now.Status, now.TrialEnd - now.TrialStart));
        Assert.Equal((now.TrialEnd, now.TrialEnd), (now.Items.Data.Single().CurrentPeriodEnd, now.BillingCycleAnchor));
        Assert.Equal("4242", (await new PaymentMethodService(_stack.Sdk).GetAsync(now.DefaultPaymentMethodId)).Card.Last4);
        var invoice = Assert.Single(await InvoicesAsync(now.Id));
        Assert.Equal(("subscription_create", "paid", 0L, 0L), (invoice.BillingReason, invoice.Status, invoice.Total, invoice.AmountPaid));
        var line = Assert.Single(invoice.Lines.Data);
        Assert.Equal(("Trial period for Launchpad Starter", now.TrialStart, now.TrialEnd), (line.Description, line.Period.Start, line.Period.End));
        Assert.Empty(await new ChargeService(_stack.Sdk).ListAsync(new() { Customer = now.CustomerId }));
        var state = (await _stack.Gateway.FindSubscriptionAsync(now.Id, default))!;
        Assert.Equal(
            ("trialing", now.TrialEnd!.Value, 3900L, now.Created),
            (state.Status, state.PaidUntil!.Value.UtcDateTime, state.Price!.Cents, state.StartedAt!.Value.UtcDateTime));
    }

    [Fact]
    public async Task At_its_end_the_first_period_begins_and_is_charged()
    {
        var id = await _stack.BuyAsync(Order());
        var end = (await GetAsync(id)).TrialEnd!.Value;

        var invoice = await _stack.RenewAsync(id);

        Assert.Equal(
            ("subscription_cycle", "paid", 3900), (invoice.Text("billing_reason"), invoice.Text("status"), invoice.Number("amount_paid")));
        var (now, item) = (await GetAsync(id), await _stack.ItemAsync(id));
        Assert.Equal(("active", end, end.AddMonths(1)), (now.Status, item.CurrentPeriodStart, item.CurrentPeriodEnd));
        var told = await _stack.Merchant.NextAsync("customer.subscription.updated", id);
        Assert.Contains("\"status\": \"trialing\"", told.Body, StringComparison.Ordinal);
        Assert.Equal("subscription_cycle", (await _stack.RenewAsync(id)).Text("billing_reason"));
    }

    [Fact]
    public async Task A_card_that_fails_at_its_end_makes_it_past_due_until_another_pays()
    {
        var id = await _stack.BuyAsync(Order(), FailsLater);
        Assert.Equal("trialing", (await GetAsync(id)).Status);

        var invoice = await _stack.RenewAsync(id);

        Assert.Equal(("open", 3900), (invoice.Text("status"), invoice.Number("amount_due")));
        await _stack.Merchant.NextAsync("invoice.payment_failed", id);
        var now = await GetAsync(id);
        Assert.Equal("past_due", now.Status);
        var card = await new PaymentMethodService(_stack.Sdk).AttachAsync("pm_card_visa", new() { Customer = now.CustomerId });
        await new InvoiceService(_stack.Sdk).PayAsync(now.LatestInvoiceId, new() { PaymentMethod = card.Id });
        Assert.Equal("active", (await GetAsync(id)).Status);
    }

    [Theory]
    [InlineData("4000 0000 0000 0002")]
    [InlineData("4000 0000 0000 9995")]
    public async Task A_card_that_is_refused_begins_none_and_is_not_charged(string number)
    {
        var link = await _stack.CheckOutAsync(Order());

        using var refused = await _stack.PayAsync(link.SessionId, number);

        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        var session = await new SessionService(_stack.Sdk).GetAsync(link.SessionId);
        Assert.Equal("open", session.Status);
        Assert.Empty(await new ChargeService(_stack.Sdk).ListAsync(new() { Customer = session.CustomerId }));
    }

    [Fact]
    public async Task A_bank_is_asked_for_later_payments()
    {
        var link = await _stack.CheckOutAsync(Order());
        using var asked = await _stack.PayAsync(link.SessionId, "4000 0025 0000 3155");
        var page = asked.Headers.Location!;
        Assert.Contains("approve later payments for Launchpad Starter", await _stack.Client.GetStringAsync(page), StringComparison.Ordinal);

        using var approved = await _stack.Client.PostAsync(
            page, new FormUrlEncodedContent(new Dictionary<string, string> { ["outcome"] = "complete" }));

        var session = await new SessionService(_stack.Sdk).GetAsync(link.SessionId);
        Assert.Equal("trialing", (await GetAsync(session.SubscriptionId)).Status);
    }

    [Fact]
    public async Task Cancelled_in_its_trial_it_ends_with_it_and_nothing_was_charged()
    {
        var id = await _stack.BuyAsync(Order());
        await _stack.Gateway.EndWithPeriodAsync(id, ends: true, default);
        var wished = await GetAsync(id);
        Assert.Equal(("trialing", wished.TrialEnd), (wished.Status, wished.CancelAt));

        await _stack.PassAsync(TimeSpan.FromDays(8));

        await _stack.Merchant.NextAsync("customer.subscription.deleted", id);
        Assert.Equal("canceled", (await GetAsync(id)).Status);
        Assert.Equal(0, Assert.Single(await InvoicesAsync(id)).Total);
        Assert.Equal(Refunded.Nothing, await _stack.Refunds.RefundAsync(id, DateTimeOffset.MinValue, endedAt: null, default));
    }

    [Fact]
    public async Task Ended_early_it_is_charged_once_however_often_that_is_asked_for()
    {
        var id = await _stack.BuyAsync(Order());
        _stack.Time.Advance(TimeSpan.FromDays(2));

        await _stack.Gateway.EndTrialAsync(id, default);
        await _stack.Gateway.EndTrialAsync(id, default);

        var (now, item) = (await GetAsync(id), await _stack.ItemAsync(id));
        Assert.Equal(("active", now.TrialEnd), (now.Status, item.CurrentPeriodStart));
        Assert.Equal(item.CurrentPeriodStart.AddMonths(1), item.CurrentPeriodEnd);
        Assert.Equal([("subscription_update", 3900L), ("subscription_create", 0)], (await InvoicesAsync(id)).Select(one => (one.BillingReason, one.AmountPaid)));
    }

    [Fact]
    public async Task Another_plan_in_the_trial_goes_on_with_it_and_costs_nothing_until_its_end()
    {
        var id = await _stack.BuyAsync(Order());
        var end = (await GetAsync(id)).TrialEnd;
        _stack.Time.Advance(TimeSpan.FromDays(3));

        Assert.True(await _stack.Gateway.ChangePlanAsync(id, new("dedicated", "launchpad-dedicated", 7900, "usd", "Dedicated"), default));

        var now = await GetAsync(id);
        Assert.Equal(("trialing", end, 7900L), (now.Status, now.TrialEnd, now.Items.Data.Single().Price.UnitAmount));
        Assert.Empty(await _stack.PendingAsync(id));
        Assert.Single(await InvoicesAsync(id));
        var preview = await new InvoiceService(_stack.Sdk).CreatePreviewAsync(new() { Subscription = id });
        Assert.Equal((7900L, end), (preview.Total, preview.NextPaymentAttempt));
        Assert.Equal(7900, (await _stack.RenewAsync(id)).Number("amount_paid"));
    }

    [Fact]
    public async Task A_page_that_promises_a_trial_is_not_the_page_of_who_gets_none()
    {
        var order = Order();
        var link = await _stack.CheckOutAsync(order);
        var page = (await _stack.Checkout.FindAsync(link.SessionId, default))!;

        Assert.Equal((7, false), (page.TrialDays, page.TakesCodes));
        Assert.True(await _stack.Checkout.SellsAsync(page, order, page.Customer!, default));
        Assert.False(await _stack.Checkout.SellsAsync(page, order with { TrialDays = 0 }, page.Customer!, default));
        Assert.False(await _stack.Checkout.SellsAsync(page, order with { TakesCodes = true }, page.Customer!, default));
        Assert.NotEqual(link, await _stack.CheckOutAsync(order with { TrialDays = 0 }));
        Assert.Equal([link.SessionId], await _stack.Checkout.OpenTrialsAsync(page.Customer!, default));
    }

    private static CheckoutRequest Order() => StripeStack.Order(account: "acc_" + Guid.NewGuid().ToString("n"), cents: 3900) with { TrialDays = 7 };

    private Task<Subscription> GetAsync(string id) => new SubscriptionService(_stack.Sdk).GetAsync(id);

    private async Task<IReadOnlyList<Invoice>> InvoicesAsync(string id) =>
        (await new InvoiceService(_stack.Sdk).ListAsync(new() { Subscription = id })).Data;
}
