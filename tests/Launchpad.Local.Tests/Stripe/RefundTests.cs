using Launchpad.Local.Faults;
using Launchpad.Shared.Billing;
using Stripe;
using Refunded = Launchpad.Shared.Billing.Refunded;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>Money back, through the product's gateway and as the official client meets it.</summary>
public sealed class RefundTests : IAsyncLifetime, IDisposable
{
    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Fact]
    public async Task All_that_was_paid_goes_back_once_however_often_it_is_asked_for()
    {
        var subscription = await _stack.BuyAsync();
        await _stack.RenewAsync(subscription);

        var told = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RefundAsync(subscription)));

        Assert.All(told, total => Assert.Equal(new Refunded(3800, "usd"), total));
        Assert.Equal([1900L, 1900], (await AllAsync()).Select(refund => refund.Amount));
    }

    [Fact]
    public async Task Only_what_was_paid_since_a_moment_goes_back()
    {
        var subscription = await _stack.BuyAsync();
        var since = _stack.Time.GetUtcNow().AddDays(1);
        Assert.Equal(Refunded.Nothing, await _stack.Refunds.RefundAsync(subscription, since, endedAt: null, default));
        await _stack.RenewAsync(subscription);

        Assert.Equal(new(1900, "usd"), await _stack.Refunds.RefundAsync(subscription, since, endedAt: null, default));
        Assert.Single(await AllAsync());
    }

    /// <summary>The provider makes a payment when the invoice is finalized, and it may be days until somebody pays.</summary>
    [Fact]
    public async Task What_counts_is_when_something_was_paid_and_not_when_it_was_asked_for()
    {
        var subscription = await _stack.BuyAsync();
        var open = await FailRenewalAsync(subscription);
        var asked = Assert.Single(await new InvoicePaymentService(_stack.Sdk).ListAsync(new() { Invoice = open }));
        Assert.Equal(("open", null), (asked.Status, asked.StatusTransitions.PaidAt));
        await _stack.PassAsync(TimeSpan.FromDays(1));
        var since = _stack.Time.GetUtcNow();
        Assert.Equal(Refunded.Nothing, await _stack.Refunds.RefundAsync(subscription, since, endedAt: null, default));

        await _stack.PassAsync(TimeSpan.FromMinutes(1));
        await PayAsync(open);

        Assert.Equal(new(1900, "usd"), await _stack.Refunds.RefundAsync(subscription, since, endedAt: null, default));
        Assert.Equal(asked.Payment.PaymentIntentId, Assert.Single(await AllAsync()).PaymentIntentId);
    }

    [Fact]
    public async Task What_was_paid_for_time_to_come_after_the_end_goes_back_and_nothing_else()
    {
        var subscription = await _stack.BuyAsync();
        var open = await FailRenewalAsync(subscription);
        await new SubscriptionService(_stack.Sdk).CancelAsync(subscription);
        var end = (await _stack.Gateway.FindSubscriptionAsync(subscription, default))!.EndedAt!.Value;
        await _stack.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(Refunded.Nothing, await _stack.Refunds.RefundAsync(subscription, DateTimeOffset.MaxValue, end, default));

        await PayAsync(open);

        for (var times = 0; times < 2; times++)
        {
            Assert.Equal(new(1900, "usd"), await _stack.Refunds.RefundAsync(subscription, DateTimeOffset.MaxValue, end, default));
        }

        Assert.Single(await AllAsync());
    }

    [Fact]
    public async Task What_the_customers_balance_had_paid_goes_back_to_it_once()
    {
        var subscription = await _stack.BuyAsync();
        var (customer, balances) = (await _stack.CustomerAsync(subscription), new CustomerBalanceTransactionService(_stack.Sdk));
        await balances.CreateAsync(customer, new() { Amount = -2000, Currency = "usd" });
        Assert.Equal(0, (await _stack.RenewAsync(subscription)).Number("amount_paid"));
        Assert.Equal(1800, (await _stack.RenewAsync(subscription)).Number("amount_paid"));

        for (var times = 0; times < 2; times++)
        {
            Assert.Equal(new(5700, "usd"), await RefundAsync(subscription));
        }

        Assert.Equal([1900L, 1800], (await AllAsync()).Select(refund => refund.Amount));
        Assert.Equal(-2000, (await new CustomerService(_stack.Sdk).GetAsync(customer)).Balance);
        Assert.Equal([-2000L, -1900, -100], (await balances.ListAsync(customer)).Select(one => one.Amount).Order());
    }

    [Fact]
    public async Task A_customer_who_is_gone_gets_to_the_card_what_came_from_it()
    {
        var subscription = await _stack.BuyAsync();
        var customer = await _stack.CustomerAsync(subscription);
        await new CustomerBalanceTransactionService(_stack.Sdk).CreateAsync(customer, new() { Amount = -1000, Currency = "usd" });
        await _stack.RenewAsync(subscription);
        await new CustomerService(_stack.Sdk).DeleteAsync(customer);

        Assert.Equal(new(2800, "usd"), await RefundAsync(subscription));
    }

    [Fact]
    public async Task What_somebody_gave_back_in_part_is_made_whole()
    {
        var subscription = await _stack.BuyAsync();
        var intent = (await IntentsAsync(subscription)).Single();
        await Service.CreateAsync(new() { PaymentIntent = intent, Amount = 400 });

        Assert.Equal(new(1900, "usd"), await RefundAsync(subscription));
        Assert.Equal([1500L, 400], (await AllAsync()).Select(refund => refund.Amount));
    }

    [Fact]
    public async Task What_nothing_was_paid_for_or_never_was_gives_nothing_back()
    {
        var subscription = await _stack.BuyAsync(StripeStack.Order(cents: 0) with { Price = new("free", "launchpad-free", 0, "usd", "Free") });

        Assert.Equal(Refunded.Nothing, await RefundAsync(subscription));
        Assert.Equal(Refunded.Nothing, await RefundAsync("sub_never"));
    }

    [Theory]
    [InlineData(FaultKind.FailBefore)]
    [InlineData(FaultKind.FailAfter)]
    [InlineData(FaultKind.Duplicate)]
    [InlineData(FaultKind.Throttle)]
    public async Task A_fault_in_between_still_is_one_refund(FaultKind fault)
    {
        var subscription = await _stack.BuyAsync();
        _stack.Context.Faults.Set(1, [new FaultRule("stripe", fault, "POST", "/v1/refunds$", Count: 1, RetryAfterSeconds: 0.2)]);
        try
        {
            Assert.Equal(new(1900, "usd"), await RefundAsync(subscription));
        }
        finally
        {
            _stack.Context.Faults.Clear();
        }

        Assert.Single(await AllAsync());
    }

    [Fact]
    public async Task More_than_was_paid_is_refused()
    {
        var intent = (await IntentsAsync(await _stack.BuyAsync())).Single();
        async Task<StripeError> RefusedAsync(long? amount) => (await Assert.ThrowsAsync<StripeException>(
            () => Service.CreateAsync(new() { PaymentIntent = intent, Amount = amount }))).StripeError;

        Assert.Equal("amount", (await RefusedAsync(1901)).Param);
        Assert.Equal("parameter_invalid_integer", (await RefusedAsync(0)).Code);
        await Service.CreateAsync(new() { PaymentIntent = intent });
        Assert.Equal("charge_already_refunded", (await RefusedAsync(null)).Code);
        Assert.Equal("charge_already_refunded", (await RefusedAsync(1)).Code);
    }

    private RefundService Service => new(_stack.Sdk);

    /// <returns>The invoice that is open since.</returns>
    private async Task<string> FailRenewalAsync(string subscription)
    {
        var card = await new PaymentMethodService(_stack.Sdk).AttachAsync(
            "pm_card_chargeCustomerFail", new() { Customer = await _stack.CustomerAsync(subscription) });
        await new SubscriptionService(_stack.Sdk).UpdateAsync(subscription, new() { DefaultPaymentMethod = card.Id });
        return (await _stack.RenewAsync(subscription)).Text("id")!;
    }

    private async Task PayAsync(string invoice)
    {
        var customer = (await new InvoiceService(_stack.Sdk).GetAsync(invoice)).CustomerId;
        var card = await new PaymentMethodService(_stack.Sdk).AttachAsync("pm_card_visa", new() { Customer = customer });
        await new InvoiceService(_stack.Sdk).PayAsync(invoice, new() { PaymentMethod = card.Id });
    }

    private Task<Refunded> RefundAsync(string subscription) =>
        _stack.Refunds.RefundAsync(subscription, DateTimeOffset.MinValue, endedAt: null, default);

    private async Task<List<Refund>> AllAsync() => (await Service.ListAsync()).Data;

    private async Task<IReadOnlyList<string>> IntentsAsync(string subscription)
    {
        var invoices = await new InvoiceService(_stack.Sdk).ListAsync(new() { Subscription = subscription });
        var payments = await new InvoicePaymentService(_stack.Sdk).ListAsync(new() { Invoice = invoices.Single().Id, Status = "paid" });
        Assert.Empty(await new InvoicePaymentService(_stack.Sdk).ListAsync(new() { Status = "open" }));
        return [.. payments.Select(payment => payment.Payment.PaymentIntentId)];
    }
}
