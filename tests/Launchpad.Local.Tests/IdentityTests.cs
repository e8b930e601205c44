using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Tests;

public sealed class IdentityTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task A_token_is_for_the_resource_that_was_asked_for()
    {
        const string query = "api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com%2F";
        using var answer = await AskAsync(query, cloud.Context.IdentityHeader);
        var token = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal("Bearer", (string)token["token_type"]!);
        Assert.Equal("https://management.azure.com/", (string)token["resource"]!);
        Assert.InRange(long.Parse((string)token["expires_on"]!), DateTimeOffset.UtcNow.AddHours(23).ToUnixTimeSeconds(), long.MaxValue);
        var header = "Bearer " + (string)token["access_token"]!;
        Assert.Null(cloud.Context.Tokens.Reject(header, "https://management.azure.com"));
        Assert.Contains("invalid audience", cloud.Context.Tokens.Reject(header, "https://vault.azure.net"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api-version=2019-08-01&resource=https://vault.azure.net", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("api-version=2017-09-01&resource=https://vault.azure.net", null, HttpStatusCode.BadRequest)]
    [InlineData("api-version=2019-08-01", null, HttpStatusCode.BadRequest)]
    [InlineData("api-version=2019-08-01&resource=https://vault.azure.net&client_id=1", null, HttpStatusCode.BadRequest)]
    public async Task What_App_Service_refuses_is_refused(string query, string? header, HttpStatusCode status)
    {
        using var answer = await AskAsync(query, header ?? cloud.Context.IdentityHeader);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public void A_token_ends()
    {
        var clock = new SetClock(DateTimeOffset.UtcNow);
        var tokens = new Identity.Tokens(new byte[32], clock);
        var header = "Bearer " + tokens.Issue("https://vault.azure.net").Token;
        Assert.Null(tokens.Reject(header, "https://vault.azure.net"));

        clock.Now += TimeSpan.FromHours(25);
        Assert.Contains("expired", tokens.Reject(header, "https://vault.azure.net"), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> AskAsync(string query, string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, TestCloud.Address(cloud.Ports.Admin, "/msi/token?" + query));
        request.Headers.Add("X-IDENTITY-HEADER", header);
        return await cloud.Client.SendAsync(request);
    }

    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
