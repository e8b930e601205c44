using Stripe;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>Invoices that are not to be paid any more, as the official client meets them and as the product ends them.</summary>
public sealed class InvoiceEndingTests : IAsyncLifetime, IDisposable
{
    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_an_ended_subscription_left_open_or_given_up_cannot_be_paid_any_more(bool isGivenUp)
    {
        var (subscription, open) = await UnpaidAsync();
        await new SubscriptionService(_stack.Sdk).CancelAsync(subscription);
        if (isGivenUp)
        {
            Assert.Equal("uncollectible", (await Invoices.MarkUncollectibleAsync(open)).Status);
        }

        for (var times = 0; times < 2; times++)
        {
            Assert.True(await _stack.Invoices.VoidAsync(subscription, default));
        }

        var ended = await Invoices.GetAsync(open);
        Assert.Equal("void", ended.Status);
        Assert.NotNull(ended.StatusTransitions.VoidedAt);
        Assert.Equal("This invoice can no longer be paid.", (await RefusedAsync(() => Invoices.PayAsync(open))).Message);
        var payment = Assert.Single(await new InvoicePaymentService(_stack.Sdk).ListAsync(new() { Invoice = open }));
        Assert.Equal("canceled", payment.Status);
        Assert.Equal("canceled", (await new PaymentIntentService(_stack.Sdk).GetAsync(payment.Payment.PaymentIntentId)).Status);
        Assert.Equal(["void", "paid"], (await Invoices.ListAsync(new() { Subscription = subscription })).Select(one => one.Status));
    }

    [Fact]
    public async Task What_the_balance_had_paid_of_one_is_the_customers_again()
    {
        var (subscription, open) = await UnpaidAsync(balance: -400);
        var customer = new CustomerService(_stack.Sdk);
        Assert.Equal((1500, 0), ((await Invoices.GetAsync(open)).AmountDue, (await customer.GetAsync(await _stack.CustomerAsync(subscription))).Balance));

        await Invoices.VoidInvoiceAsync(open);

        Assert.Equal(-400, (await customer.GetAsync(await _stack.CustomerAsync(subscription))).Balance);
    }

    [Fact]
    public async Task What_is_paid_or_void_cannot_be_made_void_and_of_what_is_not_known_nothing_is()
    {
        var subscription = await _stack.BuyAsync();
        var paid = (await new SubscriptionService(_stack.Sdk).GetAsync(subscription)).LatestInvoiceId;
        Assert.Equal("invoice_not_editable", (await RefusedAsync(() => Invoices.VoidInvoiceAsync(paid))).Code);
        Assert.Equal("invoice_not_editable", (await RefusedAsync(() => Invoices.MarkUncollectibleAsync(paid))).Code);
        Assert.Equal("resource_missing", (await RefusedAsync(() => Invoices.VoidInvoiceAsync("in_never"))).Code);
        Assert.True(await _stack.Invoices.VoidAsync(subscription, default));
        Assert.Equal("paid", (await Invoices.GetAsync(paid)).Status);
    }

    private InvoiceService Invoices => new(_stack.Sdk);

    private static async Task<StripeError> RefusedAsync(Func<Task> call) => (await Assert.ThrowsAsync<StripeException>(call)).StripeError;

    private async Task<(string Subscription, string Invoice)> UnpaidAsync(long balance = 0)
    {
        var subscription = await _stack.BuyAsync();
        var customer = await _stack.CustomerAsync(subscription);
        if (balance != 0)
        {
            await new CustomerBalanceTransactionService(_stack.Sdk).CreateAsync(customer, new() { Amount = balance, Currency = "usd" });
        }

        var card = await new PaymentMethodService(_stack.Sdk).AttachAsync("pm_card_chargeCustomerFail", new() { Customer = customer });
        await new SubscriptionService(_stack.Sdk).UpdateAsync(subscription, new() { DefaultPaymentMethod = card.Id });
        return (subscription, (await _stack.RenewAsync(subscription)).Text("id")!);
    }
}
