using System.Diagnostics;
using System.Net.Http.Json;

namespace Launchpad.Host.Tests;

public sealed class ProcessTests : IDisposable
{
    private readonly string folder = SampleHost.NewFolder();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_process_that_is_asked_to_stop_finishes_what_is_under_way_and_takes_nothing_new()
    {
        await using var app = await SampleProcess.StartAsync(folder);
        var slow = app.Http.GetStringAsync(new Uri("/api/slow/1500", UriKind.Relative));
        await Task.Delay(500);
        app.Signal("TERM");
        Assert.Equal("GET done", await slow);
        Assert.Equal(0, await app.ExitAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => app.Http.GetAsync(new Uri("/api/unrouted", UriKind.Relative)));
    }

    [Theory]
    [InlineData("/api/slow/600000")]
    [InlineData("/api/stubborn")]
    public async Task A_process_that_is_asked_to_stop_waits_ten_seconds_at_most_even_for_what_does_not_listen(string path)
    {
        await using var app = await SampleProcess.StartAsync(folder);
        var endless = app.Http.GetAsync(new Uri(path, UriKind.Relative));
        await Task.Delay(500);
        var asked = Stopwatch.GetTimestamp();
        app.Signal("TERM");
        Assert.Equal(0, await app.ExitAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10));
        await Assert.ThrowsAnyAsync<Exception>(async () => (await endless).EnsureSuccessStatusCode());
    }

    [Fact]
    public async Task A_saga_goes_on_where_it_was_when_its_process_was_killed()
    {
        await using (var first = await SampleProcess.StartAsync(folder))
        {
            var body = new { names = new[] { "Ada" }, waitForEvent = "signal" };
            using var started = await first.Http.PostAsJsonAsync("/api/greet/survivor", body);
            Assert.Equal(202, (int)started.StatusCode);
            first.Signal("KILL");
            Assert.Equal(137, await first.ExitAsync());
        }

        await using var second = await SampleProcess.StartAsync(folder);
        using var raised = await second.Http.PostAsync(new Uri("/api/greet/survivor/events/signal", UriKind.Relative), null);
        Assert.Equal(204, (int)raised.StatusCode);
        var result = await second.Http.GetStringAsync(new Uri("/api/greet/survivor/result", UriKind.Relative));
        Assert.Contains("hello Ada, POST", result, StringComparison.Ordinal);
    }
}
