using System.Text.Json;
using Launchpad.Local.Faults;
using Launchpad.Shared.Billing;
using Stripe;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>Credit notes, through the product's gateway and as the official client meets them.</summary>
public sealed class CreditTests : IAsyncLifetime, IDisposable
{
    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Fact]
    public async Task A_credit_is_the_customers_and_the_next_invoice_starts_from_it()
    {
        await new WebhookEndpointService(_stack.Sdk).UpdateAsync("we_launchpad", new() { EnabledEvents = ["*"] });
        var subscription = await _stack.BuyAsync();
        var invoice = await InvoiceAsync(subscription);

        var note = await Notes.CreateAsync(new()
        {
            Invoice = invoice.Id,
            Amount = 190,
            CreditAmount = 190,
            Reason = "product_unsatisfactory",
            Memo = "Sorry",
            EmailType = "none",
            Metadata = new() { ["month"] = "2026-11" },
        });

        Assert.Equal(
            (190L, "usd", invoice.Id, "issued", "post_payment", "product_unsatisfactory", "Sorry", "2026-11", $"{invoice.Number}-CN-01"),
            (note.Amount, note.Currency, note.InvoiceId, note.Status, note.Type, note.Reason, note.Memo, note.Metadata["month"], note.Number));
        Assert.Equal(note.Id, (await Notes.GetAsync(note.Id)).Id);
        var heard = JsonElement.Parse((await _stack.Merchant.NextAsync("credit_note.created")).Body).GetProperty("data").GetProperty("object");
        Assert.Equal(note.Id, heard.Text("id"));
        Assert.Equal(-190, (await new CustomerService(_stack.Sdk).GetAsync(invoice.CustomerId)).Balance);
        var after = await InvoiceAsync(subscription);
        Assert.Equal((190L, 1900L, "paid"), (after.PostPaymentCreditNotesAmount, after.AmountPaid, after.Status));

        var renewed = await _stack.RenewAsync(subscription);
        Assert.Equal(
            (1900L, -190L, 1710L, 1710L, 0L),
            (renewed.Number("total"), renewed.Number("starting_balance"), renewed.Number("amount_due"), renewed.Number("amount_paid"), renewed.Number("ending_balance")));
        Assert.Equal(0, (await new CustomerService(_stack.Sdk).GetAsync(invoice.CustomerId)).Balance);
    }

    [Fact]
    public async Task What_does_not_add_up_or_is_more_than_the_invoice_is_refused()
    {
        var invoice = (await InvoiceAsync(await _stack.BuyAsync())).Id;
        async Task<StripeError> RefusedAsync(long? amount, long? credit = null, long? refund = null, long? outside = null, string? reason = null) =>
            (await Assert.ThrowsAsync<StripeException>(() => Notes.CreateAsync(new()
            {
                Invoice = invoice,
                Amount = amount,
                CreditAmount = credit,
                RefundAmount = refund,
                OutOfBandAmount = outside,
                Reason = reason,
            }))).StripeError;

        Assert.Contains("must equal", (await RefusedAsync(100)).Message, StringComparison.Ordinal);
        Assert.Contains("must equal", (await RefusedAsync(100, credit: 50, refund: 20, outside: 20)).Message, StringComparison.Ordinal);
        Assert.Equal("amount", (await RefusedAsync(1901, credit: 1901)).Param);
        Assert.Equal("parameter_missing", (await RefusedAsync(null, credit: 1)).Code);
        Assert.Equal("parameter_invalid_integer", (await RefusedAsync(0, credit: 0)).Code);
        Assert.Equal("parameter_invalid_integer", (await RefusedAsync(10, credit: 20, outside: -10)).Code);
        Assert.Equal("reason", (await RefusedAsync(10, credit: 10, reason: "sorry")).Param);
        Assert.Empty((await Notes.ListAsync()).Data);

        await Notes.CreateAsync(new() { Invoice = invoice, Amount = 1000, CreditAmount = 1000 });
        Assert.Equal("amount", (await RefusedAsync(901, credit: 901)).Param);
        await Notes.CreateAsync(new() { Invoice = invoice, Amount = 900, CreditAmount = 400, RefundAmount = 300, OutOfBandAmount = 200 });
        Assert.Equal("amount", (await RefusedAsync(1, credit: 1)).Param);
        Assert.Equal(300, Assert.Single((await new RefundService(_stack.Sdk).ListAsync()).Data).Amount);
    }

    [Fact]
    public async Task They_are_listed_by_invoice_and_customer_newest_first_and_can_be_annotated()
    {
        var (one, other) = (await InvoiceAsync(await _stack.BuyAsync()), await InvoiceAsync(await _stack.BuyAsync(StripeStack.Order(account: "acc_2"))));
        var first = await GiveAsync(one.Id, 10);
        var second = await GiveAsync(one.Id, 20);
        await GiveAsync(other.Id, 30);

        Assert.Equal([second.Id, first.Id], (await Notes.ListAsync(new() { Invoice = one.Id })).Select(note => note.Id));
        Assert.Equal(30, Assert.Single(await Notes.ListAsync(new() { Customer = other.CustomerId })).Amount);
        Assert.Equal("why", (await Notes.UpdateAsync(first.Id, new() { Metadata = new() { ["note"] = "why" } })).Metadata["note"]);
        Assert.Equal([$"{one.Number}-CN-01", $"{one.Number}-CN-02"], new[] { first.Number, second.Number });

        Task<CreditNote> GiveAsync(string invoice, long cents) => Notes.CreateAsync(new() { Invoice = invoice, Amount = cents, CreditAmount = cents });
    }

    [Fact]
    public async Task The_product_gives_a_part_of_what_was_paid_for_a_time_once_however_often_it_asks()
    {
        var (order, invoice) = await OrderAsync(percent: 25);

        var given = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _stack.Credits.GiveAsync(order, default)));
        // What is found later is more, and does not count any more.
        var again = await _stack.Credits.GiveAsync(order with { Percent = 50 }, default);

        Assert.All([.. given, again], credit => Assert.Equal(new(given[0]!.Id, invoice.Id, 475, "usd"), credit));
        var note = Assert.Single(await Notes.ListAsync());
        Assert.Equal(
            (order.Account, order.Deployment, order.Key, "product_unsatisfactory"),
            (note.Metadata["account"], note.Metadata["deployment"], note.Metadata["month"], note.Reason));
    }

    [Fact]
    public async Task Of_a_period_that_lies_half_in_the_time_only_that_half_counts()
    {
        var (order, invoice) = await OrderAsync(percent: 50);
        var period = invoice.Lines.Data[0].Period;
        var half = new Span(new(period.Start, TimeSpan.Zero), new(period.Start + (period.End - period.Start) / 2, TimeSpan.Zero));

        Assert.Equal(475, (await _stack.Credits.GiveAsync(order with { For = half }, default))!.AmountCents);
        Assert.Null(await _stack.Credits.GiveAsync(order with { Key = "2020-01", For = new(half.From.AddYears(-6), half.From.AddYears(-6).AddMonths(1)) }, default));
    }

    [Fact]
    public async Task Two_invoices_of_a_month_are_one_credit_on_the_one_that_has_most_of_it()
    {
        var (order, first) = await OrderAsync(percent: 10);
        var second = await _stack.RenewAsync(order.Subscriptions[0]);
        var start = first.Lines.Data[0].Period.Start;
        var time = new Span(new(start.AddDays(20), TimeSpan.Zero), new(start.AddDays(20).AddMonths(1), TimeSpan.Zero));

        var credit = (await _stack.Credits.GiveAsync(order with { For = time }, default))!;

        Assert.Equal(second.Text("id"), credit.Invoice);
        Assert.InRange(credit.AmountCents, 180, 200);
        Assert.Single(await Notes.ListAsync());
    }

    [Fact]
    public async Task Never_more_is_given_than_is_left_of_what_was_paid()
    {
        var (order, invoice) = await OrderAsync(percent: 50);
        var payment = (await new InvoicePaymentService(_stack.Sdk).ListAsync(new() { Invoice = invoice.Id })).Single().Payment.PaymentIntentId;
        await new RefundService(_stack.Sdk).CreateAsync(new() { PaymentIntent = payment, Amount = 1500 });
        await Notes.CreateAsync(new() { Invoice = invoice.Id, Amount = 200, CreditAmount = 200 });

        Assert.Equal(100, (await _stack.Credits.GiveAsync(order, default))!.AmountCents);

        var (refunded, _) = await OrderAsync(percent: 50);
        await _stack.Refunds.RefundAsync(refunded.Subscriptions[0], DateTimeOffset.MinValue, endedAt: null, default);
        Assert.Null(await _stack.Credits.GiveAsync(refunded, default));
        var free = await _stack.BuyAsync(StripeStack.Order(cents: 0) with { Price = new("free", "launchpad-free", 0, "usd", "Free") });
        Assert.Null(await _stack.Credits.GiveAsync(order with { Key = "free", Subscriptions = [free] }, default));
    }

    [Fact]
    public async Task What_the_balance_paid_was_paid_and_what_went_back_to_it_was_given_back()
    {
        var (order, first) = await OrderAsync(percent: 50);
        await new CustomerBalanceTransactionService(_stack.Sdk).CreateAsync(first.CustomerId, new() { Amount = -1900, Currency = "usd" });
        var renewed = await _stack.RenewAsync(order.Subscriptions[0]);
        Assert.Equal(0, renewed.Number("amount_paid"));
        var period = renewed.GetProperty("lines").GetProperty("data")[0].GetProperty("period");
        Span time = new(
            DateTimeOffset.FromUnixTimeSeconds(period.Number("start")), DateTimeOffset.FromUnixTimeSeconds(period.Number("end")));

        Assert.Equal(950, (await _stack.Credits.GiveAsync(order with { For = time }, default))!.AmountCents);

        await _stack.Refunds.RefundAsync(order.Subscriptions[0], DateTimeOffset.MinValue, endedAt: null, default);
        Assert.Null(await _stack.Credits.GiveAsync(order with { For = time, Key = "2026-12" }, default));
        // All of it is back, and the credit stays (ADR 43).
        Assert.Equal(-1900 - 950, (await new CustomerService(_stack.Sdk).GetAsync(first.CustomerId)).Balance);
    }

    [Theory]
    [InlineData(FaultKind.FailBefore)]
    [InlineData(FaultKind.FailAfter)]
    [InlineData(FaultKind.Duplicate)]
    [InlineData(FaultKind.Throttle)]
    public async Task A_fault_in_between_still_is_one_credit(FaultKind fault)
    {
        var (order, _) = await OrderAsync(percent: 10);
        _stack.Context.Faults.Set(1, [new FaultRule("stripe", fault, "POST", "/v1/credit_notes$", Count: 1, RetryAfterSeconds: 0.2)]);
        try
        {
            Assert.Equal(190, (await _stack.Credits.GiveAsync(order, default))!.AmountCents);
        }
        finally
        {
            _stack.Context.Faults.Clear();
        }

        Assert.Single(await Notes.ListAsync());
    }

    private CreditNoteService Notes => new(_stack.Sdk);

    private async Task<Invoice> InvoiceAsync(string subscription) =>
        await new InvoiceService(_stack.Sdk).GetAsync((await new SubscriptionService(_stack.Sdk).GetAsync(subscription)).LatestInvoiceId);

    /// <summary>Of the whole period that was paid for.</summary>
    private async Task<(CreditOrder Order, Invoice Invoice)> OrderAsync(int percent)
    {
        var subscription = await _stack.BuyAsync();
        var invoice = await InvoiceAsync(subscription);
        var period = invoice.Lines.Data[0].Period;
        return (
            new("acc_1", "dep_1", "2026-11", [subscription], new(new(period.Start, TimeSpan.Zero), new(period.End, TimeSpan.Zero)), percent),
            invoice);
    }
}
