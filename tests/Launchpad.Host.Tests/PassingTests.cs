using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Launchpad.Host.Tests;

/// <summary>What a function sees of a request is what its caller sent.</summary>
[Collection(SharedHostCollection.Name)]
public sealed class PassingTests(SharedHost host)
{
    [Theory]
    [InlineData("/api/echo/a%20b/%C3%BC?x=%20+%2B&y=%C3%A4&&z", "a b/ü")]
    [InlineData("/api/echo/50%25/a+b;c=d,e?code=%", "50%/a+b;c=d,e")]
    [InlineData("/api/echo/a%2Fb//c/?q=a?b/c", "a%2Fb//c/")]
    [InlineData("/api/ECHO/%7Btilde%7D~'()*!$&@:=", "{tilde}~'()*!$&@:=")]
    public async Task A_path_and_a_query_arrive_as_they_were_written(string target, string path)
    {
        var seen = await RawAsync(target);
        Assert.Equal(target, seen.GetProperty("target").GetString());
        Assert.Equal(path, seen.GetProperty("path").GetString());
    }

    [Fact]
    public async Task Headers_arrive_as_they_were_sent_and_the_id_of_the_invocation_is_never_the_caller_s()
    {
        var seen = await RawAsync(
            "/api/echo/headers", "X-Twice: one", "X-Twice: two", "Cookie: a=1; b=2", "User-Agent: nobody/1", "x-ms-invocation-id: mine");
        var headers = seen.GetProperty("headers");
        Assert.Equal("one, two", string.Join(", ", Values(headers, "X-Twice")));
        Assert.Equal(["a=1; b=2"], Values(headers, "Cookie"));
        Assert.Equal(["nobody/1"], Values(headers, "User-Agent"));
        Assert.Equal([seen.GetProperty("invocationId").GetString()], Values(headers, "x-ms-invocation-id"));
    }

    [Fact]
    public async Task A_function_sees_who_called_and_by_which_name()
    {
        var seen = await RawAsync("/api/echo/name");
        Assert.Equal("bot.example.org", seen.GetProperty("host").GetString());
        Assert.Equal("http", seen.GetProperty("scheme").GetString());
        Assert.Equal("127.0.0.1", seen.GetProperty("remote").GetString());
    }

    [Fact]
    public async Task Behind_a_proxy_of_this_machine_a_function_sees_the_caller_and_nothing_that_the_caller_made_up()
    {
        var seen = await RawAsync(
            "/api/echo/name", "X-Forwarded-For: 192.0.2.66, 203.0.113.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example.org",
            "X-Original-For: 192.0.2.67");
        Assert.Equal("203.0.113.7", seen.GetProperty("remote").GetString());
        Assert.Equal("https", seen.GetProperty("scheme").GetString());
        Assert.Equal("shop.example.org", seen.GetProperty("host").GetString());
        Assert.DoesNotContain("192.0.2.", seen.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_carries_what_the_app_said_and_nothing_of_the_host_s()
    {
        using var response = await host.App.SendAsync("GET", "/api/echo/answer");
        Assert.Equal(["Date", "Server", "Transfer-Encoding"], response.Headers.Select(header => header.Key).Order());
    }

    private async Task<JsonElement> RawAsync(string target, params string[] headers)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(host.App.Address.Host, host.App.Address.Port);
        string[] lines = [$"GET {target} HTTP/1.0", "Host: bot.example.org", .. headers, "", ""];
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", lines)));
        using var reader = new StreamReader(socket.GetStream());
        var answer = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        return JsonElement.Parse(answer[answer.IndexOf('{', StringComparison.Ordinal)..]);
    }

    private static IEnumerable<string?> Values(JsonElement headers, string name) => headers.EnumerateObject()
        .Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        .SelectMany(header => header.Value.EnumerateArray().Select(value => value.GetString()));
}
