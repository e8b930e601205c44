using System.Net;
using System.Text.Json;
using Launchpad.Local.Stripe;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>The API as any client meets it: forms in, JSON out, and errors in Stripe's form.</summary>
public sealed class ApiTests(StripeStack stack) : IClassFixture<StripeStack>
{
    private static readonly JsonSerializerOptions Readable =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("POST", "/v1/customers", "nickname=x", 400, "parameter_unknown", "nickname")]
    [InlineData("POST", "/v1/customers", "metadata[a][b]=x", 400, "parameter_unknown", "metadata[a][b]")]
    [InlineData("POST", "/v1/customers", "email=nobody", 400, "email_invalid", "email")]
    [InlineData("GET", "/v1/customers/cus_none", "", 404, "resource_missing", "id")]
    [InlineData("GET", "/v1/customers", "limit=0", 400, null, "limit")]
    [InlineData("GET", "/v1/customers", "limit=many", 400, "parameter_invalid_integer", "limit")]
    [InlineData("GET", "/v1/customers", "starting_after=cus_none", 400, "resource_missing", "starting_after")]
    [InlineData("GET", "/v1/customers", "expand[]=invoices", 400, null, "expand")]
    [InlineData("POST", "/v1/prices", "currency=usd&unit_amount=1", 400, "parameter_missing", "product")]
    [InlineData("POST", "/v1/prices", "currency=usd&unit_amount=-1&product_data[name]=x", 400, "parameter_invalid_integer", "unit_amount")]
    [InlineData("POST", "/v1/prices", "currency=usd&unit_amount=1&product=prod_none", 400, "resource_missing", "product")]
    [InlineData("POST", "/v1/checkout/sessions", "", 400, "parameter_missing", "mode")]
    [InlineData("POST", "/v1/checkout/sessions", "mode=subscription&success_url=https://x.y", 400, "parameter_missing", "line_items")]
    [InlineData("POST", "/v1/checkout/sessions",
        "mode=subscription&line_items[0][price]=price_none&line_items[0][quantity]=1", 400, "resource_missing", "line_items[0][price]")]
    [InlineData("POST", "/v1/checkout/sessions",
        "mode=subscription&subscription_data[trial_period_days]=0", 400, null, "subscription_data[trial_period_days]")]
    [InlineData("POST", "/v1/checkout/sessions", "mode=subscription&payment_method_collection=if_required", 400, null, "payment_method_collection")]
    [InlineData("POST", "/v1/coupons", "percent_off=50&amount_off=100&currency=usd", 400, null, "percent_off")]
    [InlineData("POST", "/v1/coupons", "percent_off=101", 400, null, "percent_off")]
    [InlineData("POST", "/v1/coupons", "amount_off=100", 400, "parameter_missing", "currency")]
    [InlineData("POST", "/v1/coupons", "percent_off=50&duration=repeating", 400, null, "duration_in_months")]
    [InlineData("POST", "/v1/promotion_codes", "code=X", 400, "parameter_missing", "promotion[type]")]
    [InlineData("POST", "/v1/promotion_codes", "promotion[type]=coupon&promotion[coupon]=none", 400, "resource_missing", "promotion[coupon]")]
    [InlineData("DELETE", "/v1/subscriptions/sub_none", "", 404, "resource_missing", "id")]
    [InlineData("GET", "/v1/payouts", "", 404, null, null)]
    [InlineData("POST", "/v1/webhook_endpoints", "url=nowhere&enabled_events[]=*", 400, "url_invalid", "url")]
    public async Task A_wrong_request_is_answered_with_what_is_wrong(
        string method, string path, string form, int status, string? code, string? param)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), method == "POST" ? path : $"{path}?{form}")
        {
            Content = method == "POST" ? new StringContent(form, null, "application/x-www-form-urlencoded") : null,
        };
        using var answer = await stack.SendAsync(request);
        var error = (await StripeCalls.ReadAsync(answer)).GetProperty("error");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(code, error.TryGetProperty("code", out var given) ? given.GetString() : null);
        Assert.Equal(param, error.TryGetProperty("param", out var named) ? named.GetString() : null);
        Assert.StartsWith("req_", answer.Headers.GetValues("Request-Id").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer sk_test_wrong")]
    [InlineData("Basic not-base64!")]
    [InlineData("Digest x")]
    public async Task Without_the_key_everything_is_401(string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/customers");
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var answer = await stack.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("invalid_request_error", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_may_come_as_a_user_name()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/customers");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{stack.ApiKey}:")));
        using var answer = await stack.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task JSON_is_not_what_the_API_reads()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/customers")
        {
            Content = new StringContent("{}", null, "application/json"),
        };
        using var answer = await stack.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_key_gets_its_first_answer_again_and_only_for_the_same_request()
    {
        var key = Guid.NewGuid().ToString();
        async Task<(HttpResponseMessage Answer, JsonElement Body)> Post(string path, string form)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new StringContent(form, null, "application/x-www-form-urlencoded"),
                Headers = { { "Idempotency-Key", key } },
            };
            var answer = await stack.SendAsync(request);
            return (answer, await StripeCalls.ReadAsync(answer));
        }

        var first = await Post("/v1/customers", "name=a&metadata[k]=v");
        var again = await Post("/v1/customers", "metadata[k]=v&name=a");
        var other = await Post("/v1/customers", "name=b");
        var elsewhere = await Post("/v1/products", "name=a");

        Assert.Equal(first.Body.GetRawText(), again.Body.GetRawText());
        Assert.Equal("true", again.Answer.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal("idempotency_error", other.Body.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("idempotency_error", elsewhere.Body.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, other.Answer.StatusCode);
    }

    [Fact]
    public async Task Lists_are_pages_newest_first_in_both_directions()
    {
        var email = Guid.NewGuid().ToString("n") + "@example.com";
        var service = new CustomerService(stack.Sdk);
        var made = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            made.Insert(0, (await service.CreateAsync(new() { Email = email })).Id);
        }

        var paged = service.ListAutoPagingAsync(new() { Email = email, Limit = 3 });
        Assert.Equal(made, await paged.Select(customer => customer.Id).ToListAsync());
        var first = await service.ListAsync(new() { Email = email, Limit = 3 });
        Assert.True(first.HasMore);
        Assert.Equal("/v1/customers", first.Url);
        var back = await service.ListAsync(new() { Email = email, Limit = 2, EndingBefore = made[5] });
        Assert.Equal([made[3], made[4]], back.Data.Select(customer => customer.Id));
        Assert.True(back.HasMore);
        var last = await service.ListAsync(new() { Email = email, Limit = 3, StartingAfter = made[3] });
        Assert.False(last.HasMore);
    }

    [Fact]
    public async Task What_is_asked_for_is_expanded()
    {
        var subscription = await stack.BuyAsync();
        var read = await new SubscriptionService(stack.Sdk).GetAsync(
            subscription, new() { Expand = ["customer", "latest_invoice", "items.data.price.product"] });

        Assert.Equal(read.CustomerId, read.Customer.Id);
        Assert.Equal("paid", read.LatestInvoice.Status);
        Assert.Equal(subscription, read.LatestInvoice.Parent.SubscriptionDetails.SubscriptionId);
        Assert.Equal("Launchpad Starter", read.Items.Data[0].Price.Product.Name);
        Assert.Null((await new SubscriptionService(stack.Sdk).GetAsync(subscription)).Customer);

        var session = (await new SessionService(stack.Sdk).ListAsync(new() { Subscription = subscription })).Data.Single();
        Assert.Null(session.LineItems);
        var whole = await new SessionService(stack.Sdk).GetAsync(
            session.Id, new() { Expand = ["line_items", "subscription.latest_invoice"] });
        Assert.Equal(1, whole.LineItems.Data.Single().Quantity);
        Assert.Equal(1900, whole.Subscription.LatestInvoice.AmountPaid);
    }

    [Fact]
    public async Task Metadata_is_merged_emptied_and_bounded()
    {
        var made = await stack.PostAsync("/v1/customers", ("metadata[a]", "1"), ("metadata[b]", "2"));
        var path = $"/v1/customers/{made.GetProperty("id").GetString()}";

        var merged = await stack.PostAsync(path, ("metadata[a]", ""), ("metadata[c]", "3 & \n漢"));
        Assert.Equal("""{"b":"2","c":"3 & \n漢"}""", Unescaped(merged.GetProperty("metadata")));
        var emptied = await stack.PostAsync(path, ("metadata", ""));
        Assert.Equal("{}", Unescaped(emptied.GetProperty("metadata")));
        var refused = await stack.PostAsync(path, ("metadata[long]", new string('x', 501)));
        Assert.True(refused.TryGetProperty("error", out _));
    }

    [Fact]
    public async Task A_deleted_customer_is_a_tombstone_and_its_subscriptions_end()
    {
        var subscription = await stack.BuyAsync(StripeStack.Order(account: "acc_" + Guid.NewGuid().ToString("n")));
        var customer = (await new SubscriptionService(stack.Sdk).GetAsync(subscription)).CustomerId;

        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/v1/customers/{customer}");
        using var answer = await stack.SendAsync(request);

        Assert.True((await new CustomerService(stack.Sdk).GetAsync(customer)).Deleted);
        Assert.Equal("canceled", (await new SubscriptionService(stack.Sdk).GetAsync(subscription)).Status);
    }

    private static string Unescaped(JsonElement element) => JsonSerializer.Serialize(element, Readable);
}
