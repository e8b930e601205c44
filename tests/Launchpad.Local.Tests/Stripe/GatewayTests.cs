using System.Net;
using Launchpad.Local.Faults;
using Launchpad.Local.Stripe;
using Launchpad.Shared.Billing;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>What the product does with Stripe, from the checkout link to the end of the subscription, and with Stripe's faults.</summary>
public sealed class GatewayTests(StripeStack stack) : IClassFixture<StripeStack>
{
    [Fact]
    public async Task A_payment_becomes_an_event_that_names_the_deployment()
    {
        var order = StripeStack.Order();
        var link = await stack.CheckOutAsync(order);
        Assert.StartsWith($"http://127.0.0.1:{stack.Context.Ports.Stripe}/c/pay/cs_test_", link.Url, StringComparison.Ordinal);

        using var paid = await stack.PayAsync(link.SessionId);
        Assert.Equal($"https://shop.example/paid?session={link.SessionId}", paid.Headers.Location!.OriginalString);

        var heard = await stack.Merchant.NextAsync("checkout.session.completed", order.Deployment);
        var read = await stack.Webhooks.ReadAsync(heard.Body, heard.Signature, default);
        Assert.Equal((heard.Id, "checkout.session.completed", "active"), (read.Id, read.Type, read.Status));
        Assert.Equal((order.Account, order.Deployment), (read.Account, read.Deployment));
        Assert.StartsWith("cus_", read.Customer, StringComparison.Ordinal);
        Assert.InRange(read.Created, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));

        var state = await stack.Gateway.FindSubscriptionAsync(read.Subscription!, default);
        Assert.Equal(("active", order.Account, order.Deployment, "starter"), (state!.Status, state.Account, state.Deployment, state.Plan));
        Assert.InRange(state.PaidUntil!.Value, DateTimeOffset.UtcNow.AddDays(27), DateTimeOffset.UtcNow.AddDays(32));
    }

    [Fact]
    public async Task Every_event_tells_the_state_of_now_and_not_of_then()
    {
        var order = StripeStack.Order();
        var subscription = await stack.BuyAsync(order);
        var heard = await stack.Merchant.NextAsync("checkout.session.completed", subscription);

        await stack.Gateway.CancelSubscriptionAsync(subscription, default);

        var late = await stack.Webhooks.ReadAsync(heard.Body, heard.Signature, default);
        Assert.Equal(("canceled", subscription), (late.Status, late.Subscription));
        var deleted = await stack.Merchant.NextAsync("customer.subscription.deleted", subscription);
        var read = await stack.Webhooks.ReadAsync(deleted.Body, deleted.Signature, default);
        Assert.Equal(("canceled", subscription, order.Deployment), (read.Status, read.Subscription, read.Deployment));
        var invoice = stack.Merchant.All.Single(
            item => item.Type == "invoice.paid" && item.Body.Contains(subscription, StringComparison.Ordinal));
        Assert.Equal(subscription, (await stack.Webhooks.ReadAsync(invoice.Body, invoice.Signature, default)).Subscription);
    }

    [Fact]
    public async Task Cancelling_may_be_repeated_and_the_unknown_is_null()
    {
        var subscription = await stack.BuyAsync();

        await stack.Gateway.CancelSubscriptionAsync(subscription, default);
        await stack.Gateway.CancelSubscriptionAsync(subscription, default);
        await stack.Gateway.CancelSubscriptionAsync("sub_never", default);

        Assert.Equal("canceled", (await stack.Gateway.FindSubscriptionAsync(subscription, default))!.Status);
        Assert.Null(await stack.Gateway.FindSubscriptionAsync("sub_never", default));
    }

    [Fact]
    public async Task The_same_order_gets_the_same_page_until_that_one_is_closed()
    {
        var order = StripeStack.Order();
        var first = await stack.CheckOutAsync(order);
        Assert.Equal(first, await stack.CheckOutAsync(order));

        List<string> closed = [];
        for (var link = first; closed.Count < 3; link = await stack.CheckOutAsync(order))
        {
            Assert.DoesNotContain(link.SessionId, closed);
            await new SessionService(stack.Sdk).ExpireAsync(link.SessionId);
            closed.Add(link.SessionId);
        }

        using var paid = await stack.PayAsync((await stack.CheckOutAsync(order)).SessionId);
        Assert.Equal(HttpStatusCode.SeeOther, paid.StatusCode);
    }

    [Fact]
    public async Task An_account_is_one_customer_and_a_price_is_made_once()
    {
        var account = "acc_" + Guid.NewGuid().ToString("n");
        await stack.BuyAsync(StripeStack.Order(account: account));
        await stack.BuyAsync(StripeStack.Order(account: account));

        var customers = await new CustomerService(stack.Sdk).ListAsync(new() { Email = $"{account}@example.com" });
        Assert.Single(customers.Data);
        var prices = await new PriceService(stack.Sdk).ListAsync(new() { LookupKeys = ["launchpad-starter"] });
        Assert.Single(prices.Data);
        Assert.Equal(1900, prices.Data[0].UnitAmount);
    }

    [Fact]
    public async Task A_changed_amount_is_a_new_price_under_the_old_key()
    {
        var order = StripeStack.Order();
        order = order with { Price = order.Price with { LookupKey = "launchpad-" + Guid.NewGuid().ToString("n") } };
        await stack.CheckOutAsync(order);
        var raised = await stack.CheckOutAsync(order with { Price = order.Price with { AmountCents = 2500 } });

        Assert.Equal(2500, (await new SessionService(stack.Sdk).GetAsync(raised.SessionId)).AmountTotal);
        var price = Assert.Single((await new PriceService(stack.Sdk).ListAsync(new() { LookupKeys = [order.Price.LookupKey] })).Data);
        Assert.Equal(2500, price.UnitAmount);
    }

    [Theory]
    [InlineData(FaultKind.FailBefore, "/v1/prices$")]
    [InlineData(FaultKind.FailAfter, "/v1/prices$")]
    [InlineData(FaultKind.FailAfter, "/v1/customers$")]
    [InlineData(FaultKind.FailAfter, "/v1/checkout/sessions$")]
    [InlineData(FaultKind.Duplicate, "/v1/checkout/sessions$")]
    [InlineData(FaultKind.Throttle, "/v1/checkout/sessions$")]
    [InlineData(FaultKind.Timeout, "/v1/checkout/sessions$")]
    public async Task A_fault_while_checking_out_leaves_one_customer_one_price_and_one_session(FaultKind fault, string path)
    {
        var unique = Guid.NewGuid().ToString("n");
        var order = StripeStack.Order(account: "acc_" + unique);
        order = order with { Price = order.Price with { LookupKey = unique } };
        stack.Context.Faults.Set(1, [new FaultRule("stripe", fault, "POST", path, Count: 1, RetryAfterSeconds: 0.2)]);
        CheckoutLink link;
        try
        {
            link = await stack.CheckOutAsync(order);
        }
        finally
        {
            stack.Context.Faults.Clear();
        }

        var customer = Assert.Single((await new CustomerService(stack.Sdk).ListAsync(new() { Email = order.Email })).Data);
        var session = Assert.Single((await new SessionService(stack.Sdk).ListAsync(new() { Customer = customer.Id })).Data);
        Assert.Equal(link.SessionId, session.Id);
        Assert.Single((await new PriceService(stack.Sdk).ListAsync(new() { LookupKeys = [order.Price.LookupKey] })).Data);
    }

    [Theory]
    [InlineData(FaultKind.FailBefore)]
    [InlineData(FaultKind.FailAfter)]
    [InlineData(FaultKind.Duplicate)]
    [InlineData(FaultKind.Throttle)]
    public async Task A_fault_while_cancelling_still_cancels(FaultKind fault)
    {
        var subscription = await stack.BuyAsync();
        stack.Context.Faults.Set(1, [new FaultRule("stripe", fault, "DELETE", Count: 1, RetryAfterSeconds: 0.2)]);
        try
        {
            await stack.Gateway.CancelSubscriptionAsync(subscription, default);
        }
        finally
        {
            stack.Context.Faults.Clear();
        }

        Assert.Equal("canceled", (await stack.Gateway.FindSubscriptionAsync(subscription, default))!.Status);
    }

    [Fact]
    public async Task A_wrong_key_is_an_error_that_says_so()
    {
        var client = new StripeClient(new StripeClientOptions { ApiKey = "sk_test_not_this_one", ApiBase = stack.Sdk.ApiBase });

        var refused = await Assert.ThrowsAsync<StripeException>(() => new CustomerService(client).ListAsync());

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_request_error"), (refused.HttpStatusCode, refused.StripeError.Type));
        Assert.StartsWith("Invalid API Key provided: sk_test_", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not_this", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checking_the_configuration_passes_with_both_secrets() => await stack.Connection.CheckAsync(default);
}
