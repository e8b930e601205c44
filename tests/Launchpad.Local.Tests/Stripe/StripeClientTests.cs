using System.Globalization;
using System.Net;
using System.Text.Json;
using Stripe;
using Stripe.Checkout;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>What the client puts on the wire, what it tries again, and what it makes of an answer.</summary>
public sealed class StripeClientTests
{
    [Fact]
    public async Task Options_are_written_as_a_nested_form()
    {
        var wire = new Wire((HttpStatusCode.OK, """{"id":"cs_1","object":"checkout.session"}"""));
        var options = new SessionCreateOptions
        {
            Mode = "subscription",
            ExpiresAt = DateTime.UnixEpoch.AddSeconds(1_700_000_000),
            LineItems = [new() { Price = "price_1", Quantity = 2 }, new() { Price = "price_2" }],
            Metadata = new() { ["a b"] = "c&d=é", ["empty"] = "" },
            SubscriptionData = new() { Metadata = new() { ["k"] = "v" } },
            SuccessUrl = "https://x.y/?id={CHECKOUT_SESSION_ID}",
        };
        options.AddExpand("subscription");
        options.AddExtraParam("locale", "auto");

        await new SessionService(wire.Client).CreateAsync(options, new() { IdempotencyKey = "key-1" });

        var sent = Assert.Single(wire.Sent);
        Assert.Equal("application/x-www-form-urlencoded; charset=utf-8", sent.ContentType);
        Assert.Equal("key-1", sent.IdempotencyKey);
        Assert.Equal("Bearer sk_test_1", sent.Authorization);
        Assert.Equal("2026-05-27.dahlia", sent.Version);
        Assert.Equal(
            new[]
            {
                "expires_at=1700000000", "expand[0]=subscription", "line_items[0][price]=price_1", "line_items[0][quantity]=2",
                "line_items[1][price]=price_2", "locale=auto", "metadata[a+b]=c%26d%3D%C3%A9", "metadata[empty]=", "mode=subscription",
                "subscription_data[metadata][k]=v", "success_url=https%3A%2F%2Fx.y%2F%3Fid%3D%7BCHECKOUT_SESSION_ID%7D",
            }.Order(StringComparer.Ordinal),
            sent.Body.Split('&').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_read_asks_in_the_address_and_carries_no_key()
    {
        var wire = new Wire((HttpStatusCode.OK, """{"object":"list","data":[],"has_more":false,"url":"/v1/prices"}"""));

        var list = await new PriceService(wire.Client).ListAsync(new() { LookupKeys = ["a", "b"], Active = true, Limit = 1 });

        Assert.Empty(list);
        var sent = Assert.Single(wire.Sent);
        Assert.Equal("/v1/prices", sent.Address.AbsolutePath);
        Assert.Equal(
            ["active=true", "limit=1", "lookup_keys[0]=a", "lookup_keys[1]=b"],
            Uri.UnescapeDataString(sent.Address.Query.TrimStart('?')).Split('&').Order(StringComparer.Ordinal));
        Assert.Null(sent.IdempotencyKey);
    }

    [Fact]
    public async Task An_explicit_null_clears_and_an_empty_list_is_a_bare_name()
    {
        var wire = new Wire((HttpStatusCode.OK, """{"id":"cus_1"}"""), (HttpStatusCode.OK, """{"object":"list","data":[]}"""));

        await new CustomerService(wire.Client).CreateAsync(new() { Metadata = null, Name = null });
        await new PriceService(wire.Client).ListAsync(new() { LookupKeys = [] });

        Assert.Equal("metadata=", wire.Sent[0].Body);
        Assert.Equal("?lookup_keys=", wire.Sent[1].Address.Query);
    }

    [Theory]
    [InlineData(500, null, 3)]
    [InlineData(503, null, 3)]
    [InlineData(409, null, 3)]
    [InlineData(500, "false", 1)]
    [InlineData(400, "true", 3)]
    [InlineData(400, null, 1)]
    [InlineData(429, null, 1)]
    public async Task What_may_be_tried_again_is_tried_twice_more_under_one_key(int status, string? advice, int attempts)
    {
        var wire = new Wire(((HttpStatusCode)status, """{"error":{"message":"no","type":"api_error"}}""")) { ShouldRetry = advice };

        var refused = await Assert.ThrowsAsync<StripeException>(() => new CustomerService(wire.Client).CreateAsync(new() { Name = "x" }));

        Assert.Equal(((HttpStatusCode)status, "no", "api_error"), (refused.HttpStatusCode, refused.Message, refused.StripeError.Type));
        Assert.Equal(attempts, wire.Sent.Count);
        var key = Assert.Single(wire.Sent.Select(sent => sent.IdempotencyKey).Distinct());
        Assert.True(Guid.TryParse(key, CultureInfo.InvariantCulture, out _));
    }

    [Fact]
    public async Task A_broken_connection_is_tried_again_and_then_thrown_as_it_is()
    {
        var wire = new Wire { Broken = 2 };
        wire.Answers.Add((HttpStatusCode.OK, """{"id":"cus_1"}"""));
        Assert.Equal("cus_1", (await new CustomerService(wire.Client).GetAsync("cus_1")).Id);

        wire.Broken = 99;
        await Assert.ThrowsAsync<HttpRequestException>(() => new CustomerService(wire.Client).GetAsync("cus_1"));
        Assert.Equal(6, wire.Sent.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "<html>")]
    [InlineData(HttpStatusCode.BadRequest, "<html>")]
    [InlineData(HttpStatusCode.BadRequest, "{}")]
    public async Task An_answer_that_is_not_the_APIs_is_quoted(HttpStatusCode status, string content)
    {
        var refused = await Assert.ThrowsAsync<StripeException>(
            () => new CustomerService(new Wire((status, content)).Client).GetAsync("cus_1"));

        Assert.Equal($"Invalid response object from API: \"{content}\"", refused.Message);
        Assert.Null(refused.StripeError);
    }

    [Fact]
    public async Task References_are_ids_or_objects_and_unknown_kinds_are_null()
    {
        const string json = """
            {"id":"sub_1","customer":"cus_1","latest_invoice":{"id":"in_1","object":"invoice"},"canceled_at":null,"created":5}
            """;
        var wire = new Wire((HttpStatusCode.OK, json));

        var subscription = await new SubscriptionService(wire.Client).GetAsync("sub/1");

        Assert.Equal("/v1/subscriptions/sub%2F1", wire.Sent[0].Address.AbsolutePath);
        Assert.Equal(("cus_1", "in_1", "in_1"), (subscription.CustomerId, subscription.LatestInvoiceId, subscription.LatestInvoice.Id));
        Assert.Null(subscription.Customer);
        Assert.Null(subscription.CanceledAt);
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(5), subscription.Created);
        Assert.Null(EventUtility.ParseEvent("""{"api_version":"2026-01-01.dahlia","data":{"object":{"object":"gift"}}}""").Data.Object);
    }

    [Fact]
    public void An_event_of_another_release_is_refused_unless_that_is_switched_off()
    {
        const string json = """{"id":"evt_1","object":"event","api_version":"2024-06-20","created":1}""";
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var header = $"t={now},v1={EventUtility.ComputeSignature("s", $"{now}", json)}";

        Assert.Throws<StripeException>(() => EventUtility.ConstructEvent(json, header, "s"));
        Assert.Equal("evt_1", EventUtility.ConstructEvent(json, header, "s", throwOnApiVersionMismatch: false).Id);
        Assert.Throws<JsonException>(() => EventUtility.ParseEvent("{"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk test")]
    public void A_key_that_cannot_be_one_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() => new StripeClient(new StripeClientOptions { ApiKey = key }));

    [Fact]
    public async Task Without_a_key_nothing_is_sent() => await Assert.ThrowsAsync<StripeException>(
        () => new CustomerService(new StripeClient(new StripeClientOptions())).GetAsync("cus_1"));

    private sealed record Sent(
        Uri Address, string Body, string? ContentType, string? IdempotencyKey, string? Authorization, string? Version);

    /// <summary>Keeps what is sent and answers in turn, the last answer again and again.</summary>
    private sealed class Wire(params (HttpStatusCode Status, string Content)[] answers) : HttpMessageHandler
    {
        public List<(HttpStatusCode Status, string Content)> Answers { get; } = [.. answers];

        public List<Sent> Sent { get; } = [];

        public string? ShouldRetry { get; init; }

        public int Broken { get; set; }

        public StripeClient Client => new(new StripeClientOptions
        {
            ApiKey = "sk_test_1",
            ApiBase = "http://stripe.test",
            HttpClient = new SystemNetHttpClient(new HttpClient(this, disposeHandler: false)),
        });

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string? Header(string name) => request.Headers.TryGetValues(name, out var values) ? values.Single() : null;
            Sent.Add(new(
                request.RequestUri!,
                request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
                request.Content?.Headers.ContentType?.ToString(),
                Header("Idempotency-Key"),
                Header("Authorization"),
                Header("Stripe-Version")));
            if (Broken-- > 0)
            {
                throw new HttpRequestException("broken");
            }

            var (status, content) = Answers.Count > 1 ? Answers[Math.Min(Sent.Count, Answers.Count) - 1] : Answers[0];
            var response = new HttpResponseMessage(status) { Content = new StringContent(content) };
            if (ShouldRetry is not null)
            {
                response.Headers.Add("Stripe-Should-Retry", ShouldRetry);
            }

            return response;
        }
    }
}
