using System.Net;
using Launchpad.Shared.Billing;
using Stripe;
using Stripe.Checkout;
using Refunded = Launchpad.Shared.Billing.Refunded;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>What a promotion code takes off, of which invoices, and how it is typed.</summary>
public sealed class CouponTests : IAsyncLifetime, IDisposable
{
    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Theory]
    [InlineData("once", null, 950, 1900, 1900)]
    [InlineData("forever", null, 950, 950, 950)]
    [InlineData("repeating", 2, 950, 950, 1900)]
    public async Task A_code_counts_for_as_long_as_it_says(string duration, int? months, long first, long second, long third)
    {
        await OnTheFifthAsync();
        await CodeAsync("HALF", new() { PercentOff = 50, Duration = duration, DurationInMonths = months });

        var id = await _stack.BuyAsync(Order(), code: "HALF");

        Assert.Equal(second, (await _stack.Gateway.FindSubscriptionAsync(id, default))!.Price!.Cents);
        await _stack.RenewAsync(id);
        Assert.Equal(third, (await _stack.Gateway.FindSubscriptionAsync(id, default))!.Price!.Cents);
        await _stack.RenewAsync(id);
        var invoices = (await new InvoiceService(_stack.Sdk).ListAsync(new() { Subscription = id, Expand = ["data.discounts.source.coupon"] })).Data;
        Assert.Equal([third, second, first], invoices.Select(one => one.AmountPaid));
        Assert.All(invoices, one => Assert.Equal((1900, 1900 - one.Total), (one.Subtotal, one.TotalDiscountAmounts.Sum(off => off.Amount))));
        Assert.Equal(50, Assert.Single(invoices[2].Discounts).Source.Coupon.PercentOff);
        Assert.Equal(duration == "once" ? 0 : 1, (await new SubscriptionService(_stack.Sdk).GetAsync(id)).DiscountIds.Count);
    }

    [Fact]
    public async Task A_code_is_said_on_the_session_and_counted()
    {
        var code = await CodeAsync("FIVE", new() { AmountOff = 500, Currency = "usd", Duration = "once" });
        var link = await _stack.CheckOutAsync(Order());

        using var paid = await _stack.PayAsync(link.SessionId, code: "five");

        Assert.Equal(HttpStatusCode.SeeOther, paid.StatusCode);
        var session = await new SessionService(_stack.Sdk).GetAsync(link.SessionId);
        Assert.Equal(
            (1900L, 1400L, 500L, "paid", code), (session.AmountSubtotal, session.AmountTotal, session.TotalDetails.AmountDiscount, session.PaymentStatus,
                Assert.Single(session.Discounts).PromotionCodeId));
        Assert.Equal(1400, (await new ChargeService(_stack.Sdk).ListAsync(new() { Customer = session.CustomerId })).Single().Amount);
        Assert.Equal(1, (await new PromotionCodeService(_stack.Sdk).GetAsync(code)).TimesRedeemed);
    }

    [Fact]
    public async Task A_wrong_code_is_said_to_be_wrong_and_nothing_is_lost()
    {
        await CodeAsync("RIGHT", new() { PercentOff = 50, Duration = "forever" });
        var old = await CodeAsync("OLD", new() { PercentOff = 90, Duration = "forever" });
        await CodeAsync("EURO", new() { AmountOff = 100, Currency = "eur", Duration = "forever" });
        await new PromotionCodeService(_stack.Sdk).UpdateAsync(old, new() { Active = false });
        var link = await _stack.CheckOutAsync(Order());

        foreach (var wrong in (string[])["WRONG", "OLD", "EURO"])
        {
            using var refused = await _stack.PayAsync(link.SessionId, code: wrong);
            var html = await refused.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("""<p class="error" id="promotionCode-error">This code is invalid.</p>""", html, StringComparison.Ordinal);
            Assert.Contains("value=\"Ada Lovelace\"", html, StringComparison.Ordinal);
            Assert.Contains($"value=\"{wrong}\"", html, StringComparison.Ordinal);
        }

        var session = await new SessionService(_stack.Sdk).GetAsync(link.SessionId);
        Assert.Equal(("open", 1900L), (session.Status, session.AmountTotal));
        using var applied = await ApplyAsync(link.SessionId, "right");
        var page = await applied.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, applied.StatusCode);
        Assert.Contains("<span>RIGHT (50% off)</span><span>-$9.50</span>", page, StringComparison.Ordinal);
        Assert.Contains("<span>Total due today</span><span>$9.50</span>", page, StringComparison.Ordinal);
        using var empty = await ApplyAsync(link.SessionId, "");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
        using var paid = await _stack.PayAsync(link.SessionId);
        Assert.Equal(HttpStatusCode.SeeOther, paid.StatusCode);
        Assert.Equal(950, (await new SessionService(_stack.Sdk).GetAsync(link.SessionId)).AmountTotal);
    }

    [Fact]
    public async Task A_page_that_takes_no_codes_takes_none()
    {
        await CodeAsync("HALF", new() { PercentOff = 50, Duration = "once" });
        var link = await _stack.CheckOutAsync(Order() with { TakesCodes = false });

        Assert.DoesNotContain("promotionCode", await _stack.Client.GetStringAsync(new Uri(link.Url)), StringComparison.Ordinal);
        using var refused = await _stack.PayAsync(link.SessionId, code: "HALF");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Fact]
    public async Task What_takes_all_off_needs_no_payment()
    {
        await CodeAsync("ALL", new() { PercentOff = 100, Duration = "once" });
        var id = await _stack.BuyAsync(Order(), code: "ALL");

        var now = await new SubscriptionService(_stack.Sdk).GetAsync(id, new() { Expand = ["latest_invoice"] });
        Assert.Equal(("active", "paid", 0L), (now.Status, now.LatestInvoice.Status, now.LatestInvoice.AmountPaid));
        Assert.Equal(Refunded.Nothing, await _stack.Refunds.RefundAsync(id, DateTimeOffset.MinValue, endedAt: null, default));
        Assert.Equal(1900, (await _stack.RenewAsync(id)).Number("amount_paid"));
    }

    [Fact]
    public async Task What_counts_once_counts_for_the_first_that_is_charged_after_a_trial()
    {
        await CodeAsync("HALF", new() { PercentOff = 50, Duration = "once" });
        var id = await _stack.BuyAsync(Order() with { TrialDays = 7 }, code: "HALF");

        var trial = (await _stack.Gateway.FindSubscriptionAsync(id, default))!;
        Assert.Equal(("trialing", 950L), (trial.Status, trial.Price!.Cents));
        Assert.Equal(950, (await _stack.RenewAsync(id)).Number("amount_paid"));
        Assert.Equal(1900, (await _stack.RenewAsync(id)).Number("amount_paid"));
    }

    [Fact]
    public async Task What_was_paid_less_for_is_credited_less_and_given_back_less()
    {
        await CodeAsync("HALF", new() { PercentOff = 50, Duration = "forever" });
        var id = await _stack.BuyAsync(Order(), code: "HALF");

        await _stack.Gateway.ChangePlanAsync(id, new("plus", "launchpad-plus", 3900, "usd", "Plus"), default);

        var worth = (await _stack.PendingAsync(id)).Select(item => item.Number("amount")).ToList();
        Assert.InRange(worth[0], 1940, 1950);
        Assert.InRange(worth[1], -950, -945);
        var preview = await new InvoiceService(_stack.Sdk).CreatePreviewAsync(new() { Subscription = id });
        Assert.Equal(1950 + worth.Sum(), preview.Total);
        Assert.Equal(new(950, "usd"), await _stack.Refunds.RefundAsync(id, DateTimeOffset.MinValue, endedAt: null, default));
    }

    [Fact]
    public async Task Codes_are_listed_and_one_is_there_once_while_it_is_active()
    {
        var first = await CodeAsync("HALF", new() { PercentOff = 12.5m, Duration = "once" });
        var service = new PromotionCodeService(_stack.Sdk);
        await Assert.ThrowsAsync<StripeException>(() => CodeAsync("half", new() { PercentOff = 20, Duration = "once" }));
        await service.UpdateAsync(first, new() { Active = false });
        var second = await CodeAsync("half", new() { PercentOff = 20, Duration = "once" });

        Assert.Equal([second, first], (await service.ListAsync(new() { Code = "Half" })).Select(code => code.Id));
        Assert.Equal([second], (await service.ListAsync(new() { Code = "Half", Active = true })).Select(code => code.Id));
        var known = await service.GetAsync(first, new() { Expand = ["promotion.coupon"] });
        Assert.Equal((12.5m, "once"), (known.Promotion.Coupon.PercentOff, known.Promotion.Coupon.Duration));
        Assert.Equal(3, (await new CouponService(_stack.Sdk).ListAsync()).Data.Count);
    }

    private static CheckoutRequest Order() => StripeStack.Order(account: "acc_" + Guid.NewGuid().ToString("n")) with { TakesCodes = true };

    private async Task<string> CodeAsync(string code, CouponCreateOptions coupon)
    {
        var made = await new CouponService(_stack.Sdk).CreateAsync(coupon);
        return (await new PromotionCodeService(_stack.Sdk).CreateAsync(
            new() { Code = code, Promotion = new() { Type = "coupon", Coupon = made.Id } })).Id;
    }

    /// <summary>Presses "Apply".</summary>
    private Task<HttpResponseMessage> ApplyAsync(string session, string code) => _stack.Client.PostAsync(
        $"/c/pay/{session}", new FormUrlEncodedContent(new Dictionary<string, string> { ["promotionCode"] = code, ["apply"] = "code" }));

    /// <summary>Of a month: the last days of some have none in others.</summary>
    private async Task OnTheFifthAsync()
    {
        // What is kept of the vault is kept over the leap, which its certificate is not made for.
        await _stack.Connection.CheckAsync(default);
        var now = _stack.Time.GetUtcNow();
        await _stack.PassAsync(new DateTimeOffset(now.Year, now.Month, 5, now.Hour, 0, 0, TimeSpan.Zero).AddMonths(1) - now);
    }
}
