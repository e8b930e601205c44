using System.Diagnostics;

namespace Launchpad.Host.Tests;

/// <summary>How a host ends.</summary>
public sealed class StopTests(Storage storage) : IClassFixture<Storage>
{
    /// <summary>What is cut off here would take ten minutes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_host_that_is_asked_to_stop_finishes_what_is_under_way_and_takes_nothing_new()
    {
        using var folder = new SampleFolder(storage);
        await using var host = await HostProcess.StartAsync(folder);
        var worker = await host.WorkerAsync();
        var slow = host.GetAsync("/api/slow/3000");
        await folder.WritesAsync("slow begins");
        var working = await host.BeginAsync("Lasting", 500);
        await folder.WritesAsync($"works for {working}");
        var outcome = host.GetAsync($"/api/sagas/{working}/outcome");
        await Task.Delay(100);
        var asked = Stopwatch.GetTimestamp();
        // A terminal sends Ctrl-C to the app as well, which must not take it as its own.
        host.SignalGroup("INT");
        await Eventually.TrueAsync(async () => await RefusesAsync(host), "nothing new is taken");
        Assert.Equal((200, "GET done"), await slow);
        Assert.Equal((200, "\"worked\""), await outcome);
        Assert.Equal(0, await host.ExitAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.FromSeconds(1), Limit);
        Assert.False(HostProcess.IsRunning(worker));
        Assert.DoesNotContain(host.Log, line => line.Contains("The app ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_is_asked_to_stop_cancels_what_takes_too_long_and_cuts_off_what_does_not_listen()
    {
        using var folder = new SampleFolder(
            storage, ("Sample__Nightly", "00:00:01"), ("Sample__NightlyTakes", "0"), ("Sample__NightlyOverstays", "600000"));
        await using var host = await HostProcess.StartAsync(folder);
        await Eventually.True(() => folder.Journal.Any(line => line.StartsWith("nightly")), "a timer runs that does not listen");
        var working = await host.BeginAsync("Lasting", 600000);
        await folder.WritesAsync($"works for {working}");
        var cancelled = host.GetAsync("/api/slow/600000");
        var stubborn = host.GetAsync("/api/stubborn");
        await folder.WritesAsync("slow begins");
        await folder.WritesAsync("stubborn begins");
        var asked = Stopwatch.GetTimestamp();
        host.Signal("TERM");
        await folder.WritesAsync("slow is cancelled");
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.FromSeconds(4), Limit);
        Assert.Equal((500, ""), await cancelled);
        Assert.Equal(0, await host.ExitAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.FromSeconds(5), Limit);
        await Assert.ThrowsAsync<HttpRequestException>(() => stubborn);

        // The activity had no chance to end: it runs again.
        folder.Set(("Sample__Nightly", "0 0 3 * * *"));
        await using var next = await HostProcess.StartAsync(folder);
        Assert.Equal("\"worked\"", await next.OutputAsync(working));
        await folder.WritesAsync($"works for {working}", 2);
    }

    [Fact]
    public async Task A_saga_goes_on_where_it_was_when_its_host_was_killed()
    {
        using var folder = new SampleFolder(storage);
        string waiting, working;
        await using (var first = await HostProcess.StartAsync(folder))
        {
            var worker = await first.WorkerAsync();
            waiting = await first.BeginAsync("Waiting");
            working = await first.BeginAsync("Lasting", 600000);
            await folder.WritesAsync($"works for {working}");
            first.Signal("KILL");
            Assert.Equal(137, await first.ExitAsync());
            var killed = Stopwatch.GetTimestamp();
            await Eventually.True(() => !HostProcess.IsRunning(worker), "no app outlives its host");
            Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }

        await using var second = await HostProcess.StartAsync(folder);
        await second.TellAsync(waiting, "word?with=late");
        Assert.Equal("\"heard late\"", await second.OutputAsync(waiting));
        Assert.Equal("\"worked\"", await second.OutputAsync(working));
    }

    private static async Task<bool> RefusesAsync(HostProcess host)
    {
        try
        {
            using var another = new HttpClient();
            using var answer = await another.GetAsync(new Uri(host.Address, "/api/unrouted"));
            return false;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }
}
