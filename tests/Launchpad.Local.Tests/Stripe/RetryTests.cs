using System.Net;
using Stripe;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>What the product leaves to the official client: trying again, under one idempotency key.</summary>
public sealed class RetryTests
{
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
        var wire = new Wire { Status = (HttpStatusCode)status, ShouldRetry = advice };

        var refused = await Assert.ThrowsAsync<StripeException>(() => new CustomerService(wire.Client).CreateAsync(new() { Name = "x" }));

        Assert.Equal(((HttpStatusCode)status, "no"), (refused.HttpStatusCode, refused.Message));
        Assert.Equal(attempts, wire.Keys.Count);
        Assert.NotEmpty(Assert.Single(wire.Keys.Distinct())!);
    }

    [Fact]
    public async Task A_broken_connection_is_tried_twice_more_and_then_thrown_as_it_is()
    {
        var wire = new Wire { IsBroken = true };

        await Assert.ThrowsAsync<HttpRequestException>(() => new CustomerService(wire.Client).CreateAsync(new() { Name = "x" }));

        Assert.Equal(3, wire.Keys.Count);
        Assert.Single(wire.Keys.Distinct());
    }

    /// <summary>Answers every request alike and keeps the keys they came under.</summary>
    private sealed class Wire : HttpMessageHandler
    {
        public HttpStatusCode Status { get; init; }

        public string? ShouldRetry { get; init; }

        public bool IsBroken { get; init; }

        public List<string?> Keys { get; } = [];

        public StripeClient Client => new(new StripeClientOptions
        {
            ApiKey = "sk_test_1",
            ApiBase = "http://stripe.test",
            HttpClient = new SystemNetHttpClient(new HttpClient(this, disposeHandler: false)),
        });

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Keys.Add(request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null);
            if (IsBroken)
            {
                throw new HttpRequestException("broken");
            }

            var response = new HttpResponseMessage(Status)
            {
                Content = new StringContent("""{"error":{"message":"no","type":"api_error"}}"""),
            };
            if (ShouldRetry is not null)
            {
                response.Headers.Add("Stripe-Should-Retry", ShouldRetry);
            }

            return Task.FromResult(response);
        }
    }
}
