using Launchpad.Local.Faults;
using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>What was made once and is of no use any more, while its idempotency key is still remembered.</summary>
public sealed class OutlivedTests : IAsyncLifetime, IDisposable
{
    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_customer_that_was_deleted_is_made_anew_as_often_as_that_happens(bool known)
    {
        var order = StripeStack.Order();
        var customer = await _stack.Checkout.CustomerAsync(order, null, default);
        Assert.Equal(customer, await _stack.Checkout.CustomerAsync(order, customer, default));
        for (var time = 0; time < 3; time++)
        {
            await new CustomerService(_stack.Sdk).DeleteAsync(customer);
            var next = await _stack.Checkout.CustomerAsync(order, known ? customer : null, default);
            Assert.NotEqual(customer, next);
            customer = next;
        }

        var link = await _stack.Checkout.CreateAsync(order, customer, default);
        using var paid = await _stack.PayAsync(link.SessionId);
        Assert.Equal(customer, (await new SessionService(_stack.Sdk).GetAsync(link.SessionId)).CustomerId);
    }

    [Fact]
    public async Task A_customer_whose_address_was_changed_at_the_provider_stays_the_customer()
    {
        var order = StripeStack.Order();
        var customer = await _stack.Checkout.CustomerAsync(order, null, default);
        await new CustomerService(_stack.Sdk).UpdateAsync(customer, new() { Email = "another@example.com" });

        Assert.Equal(customer, await _stack.Checkout.CustomerAsync(order, customer, default));
    }

    [Theory]
    [InlineData("price")]
    [InlineData("product")]
    public async Task What_was_archived_is_made_anew_and_a_page_that_sells_it_is_not_given_out(string kind)
    {
        var order = StripeStack.Order();
        await _stack.BuyAsync(order);
        for (var time = 0; time < 2; time++)
        {
            var price = (await new PriceService(_stack.Sdk).ListAsync(new() { LookupKeys = ["launchpad-starter"], Active = true })).First();
            await (kind == "price"
                ? _stack.PostAsync($"/v1/prices/{price.Id}", ("active", "false"))
                : _stack.PostAsync($"/v1/products/{price.ProductId}", ("active", "false")));

            var link = await _stack.CheckOutAsync(order with { Deployment = StripeStack.Order().Deployment });
            var page = (await _stack.Checkout.FindAsync(link.SessionId, default))!;
            Assert.NotEqual(price.Id, page.Price);
            Assert.True(await _stack.Checkout.SellsAsync(page, order, page.Customer!, default));
            Assert.False(await _stack.Checkout.SellsAsync(page with { Price = price.Id }, order, page.Customer!, default));
        }
    }

    [Fact]
    public async Task A_plan_there_and_back_and_there_again_is_three_changes()
    {
        var subscription = await _stack.BuyAsync();
        PlanPrice pro = new("pro", "launchpad-pro", 3900, "usd", "Pro");
        foreach (var plan in (PlanPrice[])[pro, StripeStack.Order().Price, pro])
        {
            Assert.True(await _stack.Gateway.ChangePlanAsync(subscription, plan, default));
            Assert.Equal(plan.AmountCents, (await _stack.ItemAsync(subscription)).Price.UnitAmount);
        }
    }

    [Fact]
    public async Task A_price_that_was_raised_is_left_to_those_who_bought_before()
    {
        var order = StripeStack.Order();
        var subscription = await _stack.BuyAsync(order);

        Assert.False(await _stack.Gateway.ChangePlanAsync(subscription, order.Price with { AmountCents = 2500 }, default));
        Assert.Equal(1900, (await _stack.ItemAsync(subscription)).Price.UnitAmount);
    }

    [Fact]
    public async Task Any_other_price_is_put_right()
    {
        var subscription = await _stack.BuyAsync();
        var item = await _stack.ItemAsync(subscription);
        var odd = await new PriceService(_stack.Sdk).CreateAsync(
            new() { Currency = "usd", UnitAmount = 1, Recurring = new() { Interval = "month" }, Product = item.Price.ProductId });
        await new SubscriptionService(_stack.Sdk).UpdateAsync(subscription, new() { Items = [new() { Id = item.Id, Price = odd.Id }] });

        Assert.True(await _stack.Gateway.ChangePlanAsync(subscription, StripeStack.Order().Price, default));
        Assert.Equal(1900, (await _stack.ItemAsync(subscription)).Price.UnitAmount);
    }

    [Fact]
    public async Task A_subscription_is_found_by_what_it_pays_for()
    {
        var order = StripeStack.Order();
        string[] sold = [await _stack.BuyAsync(order), await _stack.BuyAsync(order)];
        await _stack.BuyAsync();
        await _stack.Gateway.CancelSubscriptionAsync(sold[0], default);

        Assert.Equal(sold.Order(), (await _stack.Gateway.SubscriptionsOfAsync(order.Deployment, default)).Order());
        Assert.Empty(await _stack.Gateway.SubscriptionsOfAsync("dep_none", default));
        var service = new SubscriptionService(_stack.Sdk);
        var query = $"metadata['deployment']:'{order.Deployment}' AND status:'active'";
        Assert.Equal(sold[1], (await service.SearchAsync(new() { Query = query })).Single().Id);
        var all = service.SearchAutoPagingAsync(new() { Query = $"metadata['account']:'{order.Account}'", Limit = 1 });
        Assert.Equal(3, await all.CountAsync());
        Assert.Equal(
            "query",
            (await Assert.ThrowsAsync<StripeException>(() => service.SearchAsync(new() { Query = "price>3" }))).StripeError.Param);
    }

    [Fact]
    public async Task A_page_is_closed_once_and_one_that_was_paid_stays_paid()
    {
        var order = StripeStack.Order();
        var (open, paid) = (await _stack.CheckOutAsync(order), await _stack.CheckOutAsync(StripeStack.Order(order.Deployment, "acc_2")));
        using var payment = await _stack.PayAsync(paid.SessionId);
        var customer = await _stack.Checkout.CustomerAsync(order, null, default);
        Assert.Equal([open.SessionId], await _stack.Checkout.OpenAsync(customer, order.Deployment, default));

        Assert.False((await _stack.Checkout.CloseAsync(open.SessionId, default))!.IsOpen);
        Assert.Null((await _stack.Checkout.CloseAsync(open.SessionId, default))!.Subscription);
        Assert.NotNull((await _stack.Checkout.CloseAsync(paid.SessionId, default))!.Subscription);
        Assert.Null(await _stack.Checkout.CloseAsync("cs_test_never", default));
        Assert.Empty(await _stack.Checkout.OpenAsync(customer, order.Deployment, default));
        using var late = await _stack.PayAsync(open.SessionId);
        Assert.Equal(System.Net.HttpStatusCode.Gone, late.StatusCode);
    }

    [Fact]
    public async Task A_refusal_is_for_good_and_a_fault_may_pass()
    {
        var order = StripeStack.Order();
        var refused = await Assert.ThrowsAsync<PermanentException>(() => _stack.Checkout.CreateAsync(order, "cus_never", default));
        Assert.Equal((StripeRefusals.Code, true), (refused.Code, refused.IsMissing()));

        _stack.Context.Faults.Set(1, [new FaultRule("stripe", FaultKind.FailBefore, "GET", "/v1/customers$", Count: 9)]);
        await Assert.ThrowsAsync<StripeException>(() => _stack.CheckOutAsync(order));
        _stack.Context.Faults.Clear();
    }

    [Theory]
    [InlineData("customer.subscription.updated", "{\"id\":\"sub_gone\",\"object\":\"subscription\",\"metadata\":{METADATA}}", "sub_gone")]
    [InlineData("invoice.paid",
        "{\"id\":\"in_gone\",\"object\":\"invoice\",\"parent\":{\"type\":\"subscription_details\",\"subscription_details\":"
            + "{\"subscription\":\"sub_gone\",\"metadata\":{METADATA}}}}",
        "sub_gone")]
    [InlineData("checkout.session.completed",
        "{\"id\":\"cs_gone\",\"object\":\"checkout.session\",\"subscription\":\"sub_gone\",\"metadata\":{METADATA}}", "sub_gone")]
    [InlineData("checkout.session.expired", "{\"id\":\"cs_gone\",\"object\":\"checkout.session\",\"metadata\":{METADATA}}", null)]
    public async Task A_signed_event_about_what_is_gone_says_itself_what_it_was_about(string type, string told, string? subscription)
    {
        var about = told.Replace("METADATA", "\"account\":\"acc_1\",\"deployment\":\"dep_1\"", StringComparison.Ordinal);
        var body = $$"""
            {"id":"evt_1","object":"event","api_version":"{{StripeConfiguration.ApiVersion}}","created":1,"livemode":false,
            "type":"{{type}}","data":{"object":{{about}} } }
            """;
        var now = _stack.Time.GetUtcNow().ToUnixTimeSeconds();
        var signature = $"t={now},v1={EventUtility.ComputeSignature(_stack.WebhookSecret, $"{now}", body)}";

        var read = await _stack.Webhooks.ReadAsync(body, signature, default);

        Assert.Equal(("acc_1", "dep_1", subscription, true), (read.Account, read.Deployment, read.Subscription, read.IsGone));
    }

    [Fact]
    public async Task A_disabled_endpoint_is_told_nothing_and_stays_disabled_over_a_restart()
    {
        const string Own = "/v1/webhook_endpoints/we_launchpad";
        await _stack.BuyAsync();
        await _stack.Merchant.NextAsync("invoice.paid");
        _stack.Merchant.Answer = 500;
        await _stack.BuyAsync();
        await _stack.Merchant.NextAsync("invoice.paid");
        await _stack.PostAsync(Own, ("disabled", "true"));
        _stack.Merchant.Answer = 200;
        await Task.Delay(100);
        _stack.Merchant.Forget();
        await _stack.BuyAsync();
        await _stack.StopAsync();
        await _stack.StartAsync();
        Assert.Equal("disabled", (await _stack.GetAsync(Own)).Text("status"));
        await Task.Delay(1_500);
        Assert.Empty(_stack.Merchant.All);

        await _stack.PostAsync(Own, ("disabled", "false"));
        await new CustomerService(_stack.Sdk).CreateAsync(new() { Name = "not what it listens for" });
        var told = await _stack.BuyAsync();
        await _stack.Merchant.NextAsync("invoice.paid", told);
    }
}
