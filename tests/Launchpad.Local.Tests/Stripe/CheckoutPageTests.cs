using System.Net;
using System.Text.RegularExpressions;
using Launchpad.Local.Stripe;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>What a person meets on the payment page.</summary>
public sealed class CheckoutPageTests(StripeStack stack) : IClassFixture<StripeStack>
{
    [Fact]
    public async Task The_page_shows_what_is_bought_and_labels_every_field()
    {
        var link = await stack.CheckOutAsync(StripeStack.Order());

        using var answer = await stack.Client.GetAsync(new Uri(link.Url));
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Contains("$19.00", html, StringComparison.Ordinal);
        Assert.Contains("Subscribe to Launchpad Starter", html, StringComparison.Ordinal);
        Assert.Contains("acc_1@example.com", html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://shop.example/cart\"", html, StringComparison.Ordinal);
        foreach (Match input in Regex.Matches(html, "<input id=\"([^\"]+)\""))
        {
            Assert.Contains($"<label for=\"{input.Groups[1].Value}\"", html, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4000 0000 0000 0002", "Your card was declined.")]
    [InlineData("4000 0000 0000 9995", "Your card has insufficient funds.")]
    [InlineData("4000 0000 0000 0069", "Your card has expired.")]
    [InlineData("4111 1111 1111 1111", "Your request was in test mode, but used a non test card.")]
    public async Task A_refused_card_says_why_and_another_may_be_tried(string number, string message)
    {
        var link = await stack.CheckOutAsync(StripeStack.Order());

        using var refused = await stack.PayAsync(link.SessionId, number);
        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        var html = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
        Assert.Contains(message, html, StringComparison.Ordinal);
        Assert.Contains("role=\"alert\"", html, StringComparison.Ordinal);
        Assert.Equal("open", (await new SessionService(stack.Sdk).GetAsync(link.SessionId)).Status);

        using var paid = await stack.PayAsync(link.SessionId);
        Assert.Equal(HttpStatusCode.SeeOther, paid.StatusCode);
    }

    [Theory]
    [InlineData("4242 4242 4242 4241", "12 / 34", "123", "Your card number is invalid.")]
    [InlineData("4242", "12 / 34", "123", "Your card number is incomplete.")]
    [InlineData("4242 4242 4242 4242", "", "123", "Your card's expiration date is incomplete.")]
    [InlineData("4242 4242 4242 4242", "13 / 34", "123", "Your card's expiration date is invalid.")]
    [InlineData("4242 4242 4242 4242", "01 / 20", "123", "Your card's expiration date is in the past.")]
    [InlineData("4242 4242 4242 4242", "12 / 34", "12", "Your card's security code is incomplete.")]
    [InlineData("3782 822463 10005", "12 / 34", "123", "Your card's security code is incomplete.")]
    [InlineData("<script>alert(1)</script>", "12 / 34", "123", "Your card number is incomplete.")]
    public async Task A_mistyped_card_is_marked_where_the_mistake_is(string number, string expiry, string cvc, string message)
    {
        var link = await stack.CheckOutAsync(StripeStack.Order());

        using var answer = await stack.PayAsync(link.SessionId, number, expiry, cvc);

        var html = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(message, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Contains("aria-invalid=\"true\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("4242 4242", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12 / 34")]
    [InlineData("12/34")]
    [InlineData("1234")]
    [InlineData("12/2034")]
    public async Task An_expiry_is_understood_however_it_is_written(string expiry)
    {
        var link = await stack.CheckOutAsync(StripeStack.Order());
        using var paid = await stack.PayAsync(link.SessionId, expiry: expiry);
        Assert.Equal(HttpStatusCode.SeeOther, paid.StatusCode);
    }

    [Theory]
    [InlineData("complete", "4000 0025 0000 3155", HttpStatusCode.SeeOther, "complete")]
    [InlineData("fail", "4000 0025 0000 3155", HttpStatusCode.PaymentRequired, "open")]
    [InlineData("complete", "4000 0082 6000 3178", HttpStatusCode.PaymentRequired, "open")]
    public async Task A_bank_may_ask_its_customer_first(string outcome, string number, HttpStatusCode answered, string status)
    {
        var link = await stack.CheckOutAsync(StripeStack.Order());
        using var asked = await stack.PayAsync(link.SessionId, number);
        Assert.Equal($"/c/pay/{link.SessionId}/authenticate", asked.Headers.Location!.OriginalString);
        Assert.Contains("Complete authentication", await stack.Client.GetStringAsync(asked.Headers.Location), StringComparison.Ordinal);
        Assert.Equal("open", (await new SessionService(stack.Sdk).GetAsync(link.SessionId)).Status);

        using var decided = await stack.Client.PostAsync(
            asked.Headers.Location, new FormUrlEncodedContent(new Dictionary<string, string> { ["outcome"] = outcome }));

        Assert.Equal(answered, decided.StatusCode);
        Assert.Equal(status, (await new SessionService(stack.Sdk).GetAsync(link.SessionId)).Status);
    }

    [Fact]
    public async Task However_often_the_button_is_pressed_it_is_paid_once()
    {
        var account = "acc_" + Guid.NewGuid().ToString("n");
        var link = await stack.CheckOutAsync(StripeStack.Order(account: account));

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => stack.PayAsync(link.SessionId)));

        Assert.All(answers, answer => Assert.Equal(
            $"https://shop.example/paid?session={link.SessionId}", answer.Headers.Location!.OriginalString));
        var session = await new SessionService(stack.Sdk).GetAsync(link.SessionId);
        Assert.Single((await new SubscriptionService(stack.Sdk).ListAsync(new() { Customer = session.CustomerId })).Data);
        using var later = await stack.Client.GetAsync(new Uri(link.Url));
        Assert.Equal(HttpStatusCode.SeeOther, later.StatusCode);
    }

    [Fact]
    public async Task An_expired_session_takes_no_money_and_leads_back()
    {
        var link = await stack.CheckOutAsync(StripeStack.Order());
        await new SessionService(stack.Sdk).ExpireAsync(link.SessionId);

        using var answer = await stack.PayAsync(link.SessionId);

        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        Assert.Contains("https://shop.example/cart", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var heard = await stack.Merchant.NextAsync("checkout.session.expired", link.SessionId);
        Assert.Equal("expired", (await stack.Webhooks.ReadAsync(heard.Body, heard.Signature, default)).Status);
    }

    [Fact]
    public async Task What_a_merchant_typed_is_text_on_the_page()
    {
        const string name = "<img src=x onerror=alert(1)>\" & 漢";
        var price = await new PriceService(stack.Sdk).CreateAsync(new()
        {
            Currency = "eur",
            UnitAmount = 123456,
            Recurring = new() { Interval = "year" },
            ProductData = new() { Name = name },
        });
        var session = await new SessionService(stack.Sdk).CreateAsync(new()
        {
            Mode = "subscription",
            LineItems = [new() { Price = price.Id, Quantity = 2 }],
            SuccessUrl = "https://shop.example/?a=1&b=2",
        });

        var html = await stack.Client.GetStringAsync(new Uri(session.Url));

        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(name), html, StringComparison.Ordinal);
        Assert.Contains("€2,469.12", html, StringComparison.Ordinal);
        Assert.Contains("for=\"email\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_page_is_not_found()
    {
        using var answer = await stack.Client.GetAsync(new Uri("/c/pay/cs_test_unknown", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
