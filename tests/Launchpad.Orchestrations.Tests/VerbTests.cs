using System.Diagnostics;
using System.Text.Json;
using DurableTask.AzureStorage;
using Launchpad.Durable;
using Launchpad.Functions;
using Launchpad.Host;
using Launchpad.Local;
using Launchpad.Orchestrations.Activities;
using Launchpad.Processes;
using Launchpad.Shared.Plans;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Orchestrations.Tests;

/// <summary>`launchpad instances` and `launchpad replay`, with the programs themselves, on a home where an engine ran or runs.</summary>
public sealed class VerbTests : IAsyncDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("verbs-").FullName;
    private readonly TaskCompletionSource over = new();
    private Engine? engine;

    public async ValueTask DisposeAsync()
    {
        over.TrySetResult();
        await StopAsync();
        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public async Task Instances_are_listed_and_their_story_is_told_while_the_engine_runs_and_afterwards()
    {
        await StartAsync(tasks => tasks.AddOrchestratorFunc("Park", context => context.WaitForExternalEvent<string>("go")));
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
                ["started", "event go comes, 4 bytes", "completed, 4 bytes"],
                story.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line.Split("  ", 2)[1]));

            var (_, recorded) = await RunAsync("instances", "first", "--record");
            Assert.Equal("first", RecordedHistory.Parse(recorded).InstanceId);
            if (isRunning)
            {
                await StopAsync();
            }
        }

        Assert.Equal(1, (await RunAsync("instances", "third")).Code);
        Assert.Equal(1, (await RunAsync("instances", "--top", "all")).Code);
    }

    [Fact]
    public async Task A_build_that_follows_what_is_live_passes_while_the_engine_runs_and_afterwards()
    {
        await StartAsync(tasks => Waiting(tasks).AddOrchestrator(nameof(CollectLogs), Sagas.All[nameof(CollectLogs)]));
        await LiveAsync();
        Assert.Equal((0, "This build follows every live instance: 1 replayed.\n"), await RunAsync("replay"));
        await StopAsync();
        var before = Written();
        Assert.Equal((0, "This build follows every live instance: 1 replayed.\n"), await RunAsync("replay"));
        Assert.Equal(before, Written());
    }

    [Fact]
    public async Task A_build_that_does_not_fails_and_says_why()
    {
        await StartAsync(tasks => Waiting(tasks).AddOrchestratorFunc<object?>(nameof(CollectLogs), SleepsFirst));
        await LiveAsync();
        var (code, said) = await RunAsync("replay");
        Assert.Equal(1, code);
        Assert.Contains(
            "Expected, as recorded: timer (task 0). Actual, by today's code: activity 'ReadLogs' (task 0). The worker: Non-Deterministic",
            said, StringComparison.Ordinal);

        var (again, json) = await RunAsync("replay", "--json");
        var report = JsonElement.Parse(json);
        Assert.Equal(1, again);
        Assert.False(report.GetProperty("ok").GetBoolean());
        Assert.Equal("live", Assert.Single(report.GetProperty("mismatches").EnumerateArray()).GetProperty("instance").GetString());
    }

    [Fact]
    public async Task What_is_live_in_Azure_Storage_is_replayed_too()
    {
        var azurite = new Azurite();
        await azurite.InitializeAsync();
        var store = new AzureStorageOrchestrationService(new()
        {
            TaskHubName = "launchpad",
            StorageAccountClientProvider = new(azurite.ConnectionString),
        });
        try
        {
            await store.CreateIfNotExistsAsync();
            engine = await Engine.StartAsync(store, tasks => Waiting(tasks)
                .AddOrchestrator(nameof(CollectLogs), Sagas.All[nameof(CollectLogs)])
                .AddOrchestratorFunc<object?>(nameof(Restart), SleepsFirst));
            await LiveAsync();
            var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Restart), new StartOrchestrationOptions("changed"));
            await engine.Client.WaitForInstanceStartAsync(id);

            var report = JsonElement.Parse((await HostAsync(azurite.ConnectionString)).Output.TrimEnd().Split('\n')[^1]);
            Assert.Equal(2, report.GetProperty("replayed").GetInt32());
            var mismatch = Assert.Single(report.GetProperty("mismatches").EnumerateArray());
            Assert.Equal("changed", mismatch.GetProperty("instance").GetString());
            Assert.Equal("Running", mismatch.GetProperty("status").GetString());
        }
        finally
        {
            over.TrySetResult();
            // The dispatcher stops it too, and waits for nobody; without its storage that ends after ten minutes, with the whole process.
            await store.StopAsync(isForced: true);
            await StopAsync();
            await azurite.DisposeAsync();
        }
    }

    private static async Task<object?> SleepsFirst(TaskOrchestrationContext context)
    {
        await context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
        return null;
    }

    private DurableTaskRegistry Waiting(DurableTaskRegistry tasks) => tasks.AddActivityFunc<object?>("ReadLogs", async (_, _) => await over.Task);

    private string[] Written() => [.. Directory.EnumerateFiles(Path.Combine(home, "durable"), "*", SearchOption.AllDirectories)
        .Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O} {new FileInfo(file).Length}").Order()];

    private async Task StartAsync(Action<DurableTaskRegistry> tasks) => engine = await Engine.StartAsync(Path.Combine(home, "durable"), tasks);

    private async Task StopAsync()
    {
        if (engine is { } running)
        {
            engine = null;
            await running.DisposeAsync();
        }
    }

    private async Task LiveAsync()
    {
        var input = new CollectLogsInput("dep_1", Tier.Shared, "vm_1");
        await engine!.Client.ScheduleNewOrchestrationInstanceAsync(nameof(CollectLogs), input, new StartOrchestrationOptions("live"));
        await engine.Client.WaitForInstanceStartAsync("live");
    }

    private static string App => Path.GetDirectoryName(typeof(Composition).Assembly.Location.Replace(
        "Launchpad.Orchestrations.Tests", "Launchpad.Functions", StringComparison.Ordinal))!;

    private static Task<(int Code, string Output)> HostAsync(string storage) => StartAsync(
        [typeof(HostJson).Assembly.Location.Replace("Launchpad.Orchestrations.Tests", "Launchpad.Host", StringComparison.Ordinal), "--app", App, "--replay"],
        ("AzureWebJobsStorage", storage), ("Storage__ConnectionString", storage));

    private Task<(int Code, string Output)> RunAsync(string verb, params string[] arguments)
    {
        string[] build = verb == "replay" ? ["--control-plane", App] : [];
        return StartAsync(
            [typeof(Home).Assembly.Location, verb, .. arguments, "--home", home, .. build], ("LAUNCHPAD_CACHE", Path.Combine(home, "cache")));
    }

    private static async Task<(int Code, string Output)> StartAsync(string[] command, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", command)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, output.Length > 0 ? output : await errors);
    }
}
