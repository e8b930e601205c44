using System.Net;

namespace Launchpad.Host.Tests;

[Collection(SharedHostCollection.Name)]
public sealed class RoutingTests(SharedHost host)
{
    [Theory]
    [InlineData("GET", "/api/Unrouted", 200, "GET")]
    [InlineData("PATCH", "/api/unrouted", 200, "PATCH")]
    [InlineData("GET", "/api/items/7", 200, "GET item 7")]
    [InlineData("DELETE", "/api/items/7", 200, "DELETE item 7")]
    [InlineData("GET", "/api/items/abc", 200, "GET name abc")]
    [InlineData("GET", "/api/items/special", 200, "GET special")]
    [InlineData("GET", "/api/files/a/b/c.txt", 200, "GET file a/b/c.txt")]
    [InlineData("GET", "/api/files", 200, "GET file ")]
    [InlineData("OPTIONS", "/api/answers/status/200", 200, "")]
    public async Task A_request_reaches_the_function_of_its_route(string method, string path, int status, string body)
    {
        var answer = await SendAsync(method, path);
        Assert.Equal((status, body), answer);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/Unrouted")]
    [InlineData("GET", "/api/nothing")]
    [InlineData("GET", "/api/items/A-1")]
    [InlineData("DELETE", "/api/items/abc")]
    [InlineData("POST", "/api/items/7")]
    [InlineData("HEAD", "/api/items/7")]
    [InlineData("OPTIONS", "/api/items/7")]
    [InlineData("GET", "/api/Say")]
    [InlineData("GET", "/api/Nightly")]
    [InlineData("GET", "/runtime/webhooks/durabletask/instances")]
    public async Task What_no_function_takes_is_not_found_whatever_the_reason(string method, string path)
    {
        var (status, _) = await SendAsync(method, path);
        Assert.Equal((int)HttpStatusCode.NotFound, status);
    }

    [Theory]
    [InlineData("/api/keyed", null, 401)]
    [InlineData("/api/keyed", "wrong", 401)]
    [InlineData("/api/keyed", "any function", 200)]
    [InlineData("/api/keyed", "only keyed", 200)]
    [InlineData("/api/keyed", SampleFolder.MasterKey, 200)]
    [InlineData("/api/keyed?code=only%20keyed", null, 200)]
    [InlineData("/api/keyed?code=only", null, 401)]
    [InlineData("/api/keyed?code=", null, 401)]
    [InlineData("/api/for-admins", null, 401)]
    [InlineData("/api/for-admins", "any function", 401)]
    [InlineData("/api/for-admins", SampleFolder.MasterKey, 200)]
    public async Task A_function_that_asks_for_a_key_gets_one_or_is_not_called(string path, string? key, int expected)
    {
        var (status, body) = await SendAsync("GET", path, key);
        Assert.Equal(expected, status);
        Assert.Equal(expected == 200, body.Length > 0);
    }

    private async Task<(int Status, string Body)> SendAsync(string method, string path, string? key = null)
    {
        using var response = await host.App.SendAsync(method, path, key);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
