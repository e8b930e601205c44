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
        Assert.Equal(Refunded.Nothing, await _stack.Refunds.RefundAsync(subscription, since, default));
        await _stack.RenewAsync(subscription);

        Assert.Equal(new(1900, "usd"), await _stack.Refunds.RefundAsync(subscription, since, default));
        Assert.Single(await AllAsync());
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

    private Task<Refunded> RefundAsync(string subscription) =>
        _stack.Refunds.RefundAsync(subscription, DateTimeOffset.MinValue, default);

    private async Task<List<Refund>> AllAsync() => (await Service.ListAsync()).Data;

    private async Task<IReadOnlyList<string>> IntentsAsync(string subscription)
    {
        var invoices = await new InvoiceService(_stack.Sdk).ListAsync(new() { Subscription = subscription });
        var payments = await new InvoicePaymentService(_stack.Sdk).ListAsync(new() { Invoice = invoices.Single().Id, Status = "paid" });
        Assert.Empty(await new InvoicePaymentService(_stack.Sdk).ListAsync(new() { Status = "open" }));
        return [.. payments.Select(payment => payment.Payment.PaymentIntentId)];
    }
}
