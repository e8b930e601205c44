using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Tests;

/// <summary>What the engine keeps of an instance beside its state.</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task Code_before_an_await_is_replayed_but_logs_once()
    {
        var ran = 0;
        var logged = 0;
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", async context =>
            {
                ran++;
                if (!context.IsReplaying)
                {
                    logged++;
                }

                await context.WaitForExternalEvent<string>("go");
                return context.IsReplaying;
            }),
            options => options with { MaxCachedOrchestrators = 1 });

        var first = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.WaitForInstanceStartAsync(first);
        var second = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.WaitForInstanceStartAsync(second);
        await engine.Client.RaiseEventAsync(first, "go", "");
        Assert.False((await engine.EndAsync(first)).ReadOutputAs<bool>());
        Assert.Equal((3, 2), (ran, logged));
    }

    [Fact]
    public async Task A_purge_takes_the_files_of_large_payloads_with_it()
    {
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", context => Task.FromResult(context.GetInput<string>())));
        var id = (await engine.RunAsync("Run", new string('x', 100_000))).InstanceId;
        var payloads = Path.Combine(engine.Directory, "payloads");
        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(payloads));
        await engine.Client.PurgeInstanceAsync(id);
        Assert.Empty(Directory.EnumerateFileSystemEntries(payloads));
    }

    [Fact]
    public async Task The_reason_of_a_suspension_is_part_of_the_story()
    {
        await using var engine = await Engine.StartAsync(
            e => e.Orchestrator("Run", context => context.WaitForExternalEvent<string>("go")));
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.SuspendInstanceAsync(id, "a pause");
        await engine.UntilAsync(id, state => state.RuntimeStatus is OrchestrationRuntimeStatus.Suspended);
        Assert.Contains(await engine.Running.HistoryAsync(id, default), row => row is { Kind: "ExecutionSuspended", Reason: "a pause" });
    }

    [Fact]
    public async Task Continuing_as_new_leaves_nothing_of_the_generation_before()
    {
        await using var engine = await Engine.StartAsync(e => e.Activity<int, int>("Add", n => n + 1).Orchestrator("Run", async context =>
        {
            var n = await context.CallActivityAsync<int>("Add", context.GetInput<int>());
            if (n < 20)
            {
                context.ContinueAsNew(n);
            }

            return n;
        }));

        var state = await engine.RunAsync("Run", 0);
        Assert.Equal(20, state.ReadOutputAs<int>());
        Assert.InRange((await engine.Running.HistoryAsync(state.InstanceId, default)).Count, 4, 8);
    }

    [Fact]
    public async Task A_replay_safe_logger_says_everything_once_however_often_the_code_runs()
    {
        var lines = new List<string>();
        using var loggers = new Lines(lines);
        await using var engine = await Engine.StartAsync(
            e =>
            {
                e.Loggers = loggers;
                e.Orchestrator("Run", async context =>
                {
                    var byName = context.CreateReplaySafeLogger("mine");
                    var byType = context.CreateReplaySafeLogger<HistoryTests>();
                    var byFactory = context.ReplaySafeLoggerFactory.CreateLogger("factory");
                    byName.LogInformation("one");
                    byType.LogInformation("two");
                    await context.WaitForExternalEvent<string>("go");
                    byFactory.LogInformation("three");
                    await context.WaitForExternalEvent<string>("go");
                    return "";
                });
            });

        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.Client.WaitForInstanceStartAsync(id);
        await engine.RestartAsync();
        await engine.Client.RaiseEventAsync(id, "go");
        await engine.RestartAsync();
        await engine.Client.RaiseEventAsync(id, "go");
        await engine.EndAsync(id);
        Assert.Equal(["mine: one", $"{typeof(HistoryTests).FullName}: two", "factory: three"], lines);
    }

    private sealed class Lines(List<string> lines) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, lines);

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        private sealed class Logger(string category, List<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (logLevel is LogLevel.Information)
                {
                    lines.Add($"{category}: {formatter(state, exception)}");
                }
            }
        }
    }
}
