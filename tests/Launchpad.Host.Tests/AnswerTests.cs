using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Host.Tests;

[Collection(SharedHostCollection.Name)]
public sealed class AnswerTests(SharedHost host)
{
    [Fact]
    public async Task An_action_result_is_executed_by_MVC()
    {
        using var response = await host.App.SendAsync("GET", "/api/answers/action");
        Assert.Equal(201, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("""{"plan":"starter","count":2}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_function_may_write_the_answer_itself() =>
        Assert.Equal((202, ""), await host.App.GetAsync("/api/answers/nothing"));

    [Theory]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    [InlineData("GET", 418)]
    [InlineData("HEAD", 200)]
    public async Task An_answer_without_a_body_keeps_its_status_and_every_header(string method, int status)
    {
        using var response = await host.App.SendAsync(method, $"/api/answers/status/{status}");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(["first=1; path=/", "second=2; path=/"], response.Headers.GetValues("Set-Cookie"));
        Assert.Equal("\"seven\"", response.Headers.ETag!.Tag);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/api/throws")]
    [InlineData("/api/throws/after/202")]
    [InlineData("/api/throws/after/204")]
    public async Task An_unhandled_exception_is_an_empty_500_and_a_line_in_the_log(string path)
    {
        using var response = await host.App.SendAsync("GET", path);
        Assert.Equal(500, (int)response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("x-secret"));
        var name = path is "/api/throws" ? "Throws" : "ThrowsAfterStatus";
        await Eventually.True(() => host.App.Log.Any(line => line.Contains($"Executed {name} (Failed")), "the failure is logged");
    }

    [Fact]
    public async Task An_answer_that_breaks_off_breaks_the_connection() =>
        await Assert.ThrowsAsync<HttpRequestException>(() => host.App.Http.GetStringAsync(new Uri("/api/throws/late", UriKind.Relative)));

    [Fact]
    public async Task A_part_of_an_answer_arrives_while_the_function_still_runs_and_it_sees_the_caller_go()
    {
        using (var response = await host.App.SendAsync("GET", "/api/answers/parts"))
        using (var lines = new StreamReader(await response.Content.ReadAsStreamAsync()))
        {
            for (var part = 1; part <= 3; part++)
            {
                Assert.Equal($"part {part}", await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
                Assert.DoesNotContain("parts are over", host.Folder.Journal);
                host.Folder.Say($"got {part}");
            }
        }

        await host.Folder.WritesAsync("parts are over");
    }

    [Fact]
    public async Task A_part_of_a_request_arrives_before_the_rest_is_sent()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(host.App.Address.Host, host.App.Address.Port);
        var stream = socket.GetStream();
        await SendAsync("POST /api/lines HTTP/1.1\r\nHost: sample\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var part = 1; part <= 3; part++)
        {
            var line = $"line {part} of a request\n";
            await SendAsync($"{line.Length:x}\r\n{line}\r\n");
            await host.Folder.WritesAsync($"line {part} of a request");
        }

        await SendAsync("0\r\n\r\n");
        using var answer = new StreamReader(stream);
        Assert.EndsWith("3", (await answer.ReadToEndAsync()).Replace("\r\n0\r\n\r\n", ""), StringComparison.Ordinal);

        async Task SendAsync(string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
    }

    [Fact]
    public async Task A_large_body_passes_both_ways_whole()
    {
        var body = RandomNumberGenerator.GetBytes(25_000_000);
        using var content = new ByteArrayContent(body);
        using var response = await host.App.SendAsync("POST", "/api/bulk", content: content);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), Assert.Single(response.Headers.GetValues("x-hash")));
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_body_that_is_larger_than_Azure_takes_is_refused()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(host.App.Address.Host, host.App.Address.Port);
        var size = (104_857_600 + 1).ToString(CultureInfo.InvariantCulture);
        var head = $"POST /api/lines HTTP/1.1\r\nHost: sample\r\nContent-Length: {size}\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        using var answer = new StreamReader(socket.GetStream());
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await answer.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_caller_that_goes_away_cancels_the_invocation_and_fails_nothing()
    {
        var before = host.Folder.Journal.Count(line => line == "slow is cancelled");
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => host.App.Http.GetAsync(new Uri("/api/slow/60000", UriKind.Relative), impatient.Token));
        await host.Folder.WritesAsync("slow is cancelled", before + 1);
        Assert.Equal((int)HttpStatusCode.OK, (await host.App.GetAsync("/api/slow/0")).Status);
        Assert.DoesNotContain(host.App.Log, line => line.Contains("Executed Slow (Failed", StringComparison.Ordinal));
    }
}
