using System.Diagnostics;
using System.Text.Json;
using Launchpad.Durable;
using Launchpad.Functions;
using Launchpad.Local;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Plans;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Orchestrations.Tests;

/// <summary>`launchpad instances` and `launchpad replay`, with the programs themselves, on a home where an engine ran or runs.</summary>
public sealed class VerbTests : IAsyncDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("verbs-").FullName;
    private DurableEngine? engine;

    public async ValueTask DisposeAsync()
    {
        if (engine is not null)
        {
            await engine.DisposeAsync();
        }

        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task Instances_are_listed_and_their_story_is_told_while_the_engine_runs_and_afterwards()
    {
        await StartAsync("Park", context => context.WaitForExternalEvent<string>("go"));
        await engine!.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions("first"));
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Park", new StartOrchestrationOptions("second"));
        await engine.Client.WaitForInstanceStartAsync("second");
        await engine.Client.RaiseEventAsync("first", "go", "on");
        await engine.Client.WaitForInstanceCompletionAsync("first");

        foreach (var isRunning in new[] { true, false })
        {
            var (code, list) = await RunAsync("instances");
            Assert.Equal(0, code);
            Assert.Equal(["first", "second"], list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1]));

            var (_, running) = await RunAsync("instances", "--status", "Running", "--json");
            var only = Assert.Single(JsonElement.Parse(running).GetProperty("instances").EnumerateArray());
            Assert.Equal("second", only.GetProperty("instanceId").GetString());

            var (_, story) = await RunAsync("instances", "first");
            Assert.Equal(
                ["started", "event go comes, 4 bytes", "completed"],
                story.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line.Split("  ", 2)[1]));

            var (_, recorded) = await RunAsync("instances", "first", "--record");
            Assert.Equal("first", RecordedHistory.Parse(recorded).InstanceId);
            if (isRunning)
            {
                await engine.StopAsync(CancellationToken.None);
            }
        }

        Assert.Equal(1, (await RunAsync("instances", "third")).Code);
        Assert.Equal(1, (await RunAsync("instances", "--top", "all")).Code);
    }

    [Fact]
    public async Task A_build_that_follows_what_is_live_passes()
    {
        await StartAsync(nameof(CollectLogs), Sagas.All[nameof(CollectLogs)]);
        await LiveAsync();
        var (code, said) = await RunAsync("replay");
        Assert.Equal((0, "This build follows every live instance: 1 replayed.\n"), (code, said));
    }

    [Fact]
    public async Task A_build_that_does_not_fails_and_says_why()
    {
        await StartAsync<object?>(nameof(CollectLogs), async context =>
        {
            await context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
            return null;
        });
        await LiveAsync();
        var (code, said) = await RunAsync("replay");
        Assert.Equal(1, code);
        Assert.Contains("Actual, by today's code: activity 'ReadLogs' (task 0).", said, StringComparison.Ordinal);

        var (again, json) = await RunAsync("replay", "--json");
        var report = JsonElement.Parse(json);
        Assert.Equal(1, again);
        Assert.False(report.GetProperty("ok").GetBoolean());
        Assert.Equal("live", Assert.Single(report.GetProperty("mismatches").EnumerateArray()).GetProperty("instance").GetString());
    }

    private async Task StartAsync<T>(string name, Func<TaskOrchestrationContext, Task<T>> body)
    {
        engine = new(
            new() { Directory = Path.Combine(home, "durable"), DrainTimeout = TimeSpan.Zero },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        engine.AddOrchestrator(name, async context => await body(context));
        engine.AddActivity("ReadLogs", async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return null;
        });
        await engine.StartAsync(CancellationToken.None);
    }

    private async Task LiveAsync()
    {
        var input = new CollectLogsInput("dep_1", Tier.Shared, "vm_1");
        await engine!.Client.ScheduleNewOrchestrationInstanceAsync(nameof(CollectLogs), input, new StartOrchestrationOptions("live"));
        await engine.Client.WaitForInstanceStartAsync("live");
    }

    private async Task<(int Code, string Output)> RunAsync(string verb, params string[] arguments)
    {
        string[] build = verb == "replay" ? ["--control-plane", typeof(Composition).Assembly.Location] : [];
        var start = new ProcessStartInfo("dotnet", [typeof(Home).Assembly.Location, verb, .. arguments, "--home", home, .. build])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LAUNCHPAD_CACHE"] = Path.Combine(home, "cache");
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        _ = process.StandardError.ReadToEndAsync(patience.Token);
        var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, output);
    }
}
