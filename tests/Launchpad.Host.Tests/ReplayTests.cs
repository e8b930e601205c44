using System.Diagnostics;
using System.Text.Json;
using Launchpad.Durable;
using Launchpad.Host.SampleSagas;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Host.Tests;

public sealed class ReplayTests : IDisposable
{
    private readonly string folder = SampleHost.NewFolder();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task An_app_replays_what_is_live_while_another_process_runs_it()
    {
        await using var app = await SampleProcess.StartAsync(folder);
        using var started = await app.Http.PostAsync(
            new Uri("/api/greet/live", UriKind.Relative),
            new StringContent("""{"names":["Ada","Bob"],"waitForEvent":"signal"}""", null, "application/json"));
        Assert.Equal(202, (int)started.StatusCode);

        var (code, report) = await ReplayAsync();
        Assert.Equal(0, code);
        Assert.True(report.GetProperty("ok").GetBoolean());
        Assert.Equal(1, report.GetProperty("replayed").GetInt32());

        using var raised = await app.Http.PostAsync(new Uri("/api/greet/live/events/signal", UriKind.Relative), null);
        Assert.Equal(204, (int)raised.StatusCode);
        await app.Http.GetStringAsync(new Uri("/api/greet/live/result", UriKind.Relative));
    }

    [Fact]
    public async Task A_live_instance_that_the_app_does_not_follow_any_more_is_named_with_the_reason_and_the_exit_code()
    {
        await using (var engine = new DurableEngine(new() { Directory = folder }, TimeProvider.System, NullLoggerFactory.Instance))
        {
            engine.AddActivity("Whisper", (_, _) => Task.FromResult<object?>("psst"));
            engine.AddOrchestrator(nameof(Greet), async context =>
            {
                await context.CallActivityAsync<string>("Whisper");
                return await context.WaitForExternalEvent<string>("signal");
            });
            await engine.StartAsync(CancellationToken.None);
            await engine.Client.ScheduleNewOrchestrationInstanceAsync(
                nameof(Greet), new GreetInput(["Ada"], Tone.Plain), new StartOrchestrationOptions("old"));
            await engine.Client.WaitForInstanceStartAsync("old");
        }

        var (code, report) = await ReplayAsync();
        Assert.Equal(1, code);
        Assert.False(report.GetProperty("ok").GetBoolean());
        var mismatch = Assert.Single(report.GetProperty("mismatches").EnumerateArray());
        Assert.Equal("old", mismatch.GetProperty("instance").GetString());
        Assert.Contains(
            "Expected, as recorded: activity 'Whisper' (task 0). Actual, by today's code: activity 'Say' (task 0).",
            mismatch.GetProperty("reason").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_never_ran_has_nothing_to_replay()
    {
        var (code, report) = await ReplayAsync();
        Assert.Equal((0, 0), (code, report.GetProperty("replayed").GetInt32()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    private async Task<(int Code, JsonElement Report)> ReplayAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Launchpad.Host.Sample")) { RedirectStandardOutput = true };
        start.Environment["Durable__Directory"] = folder;
        start.Environment["Durable__Replay"] = "true";
        start.Environment["Sample__Nightly"] = "0 0 3 * * *";
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, JsonElement.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]));
    }
}
