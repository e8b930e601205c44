using System.Reflection;
using DurableTask.Core.History;
using Launchpad.Durable;
using Launchpad.Host.Replay;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Orchestrations.Tests;

/// <summary>What is in flight was decided by the sagas that were shipped; today's must not decide otherwise. Under Histories/ stands
/// what shipped versions did, and it stays there: a saga that goes another way gets a new version (host.json's defaultVersion), branches on
/// it, and is recorded again with LAUNCHPAD_RECORD=1 in a folder of the new version.</summary>
public sealed class HistoryTests
{
    private static readonly string Shipped = Path.Combine(AppContext.BaseDirectory, "Histories");

    public static TheoryData<string> Files => [.. ShippedFiles()];

    public static TheoryData<Scenario> Ways => [.. Scenarios.All];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_shipped_history_is_followed_to_its_end(string file)
    {
        var json = await File.ReadAllTextAsync(Path.Combine(Shipped, file));
        var history = RecordedHistory.Parse(json);
        Assert.Null((await Sagas.Replayer().ReplayAsync(history)).Mismatch);
        Assert.Equal(json, history.ToJson());
    }

    [Fact]
    public void Every_saga_has_a_shipped_history_and_every_way_is_recorded()
    {
        var shipped = ShippedFiles().ToList();
        Assert.Empty(Scenarios.All.Select(scenario => $"v1/{scenario.File}.json").Except(shipped));
        var sagas = shipped.Select(file => RecordedHistory.Parse(File.ReadAllText(Path.Combine(Shipped, file))).Name);
        Assert.Empty(Sagas.All.Keys.Except(sagas));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_saga_goes_its_way_on_the_engine_and_its_history_can_be_replayed(Scenario scenario)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var (ended, histories) = await scenario.RunAsync();
        Assert.Equal((OrchestrationRuntimeStatus.Completed, scenario.Output), (ended.RuntimeStatus, ended.SerializedOutput));
        foreach (var history in histories)
        {
            var json = history.ToJson();
            var found = await Sagas.Replayer().ReplayAsync(RecordedHistory.Parse(json));
            Assert.Null(found.Mismatch);
            Assert.Empty(found.Notes);
            if (Environment.GetEnvironmentVariable("LAUNCHPAD_RECORD") == "1" && history.InstanceId == ended.InstanceId)
            {
                await RecordAsync(scenario, history, json);
            }
        }
    }

    [Theory]
    [InlineData(
        "Expected, as recorded: activity 'BringUp' (task 0). Actual, by today's code: activity 'CheckBot' (task 0). "
            + "The worker: Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task with ",
        "leaves out")]
    [InlineData(
        "Expected, as recorded: activity 'CheckBot' (task 1). Actual, by today's code: activity 'AskBot' (task 1). "
            + "The worker: Non-Deterministic",
        "adds")]
    [InlineData(
        "Expected, as recorded: activity 'BringUp' (task 0). Actual, by today's code: timer (task 0). The worker: Non-Deterministic",
        "waits first")]
    [InlineData("Expected, as recorded: it completes with true. Actual, by today's code: it waits.", "appends")]
    [InlineData("Expected, as recorded: it waits. Actual, by today's code: activity 'RouteBot' (task 1).", "asks at once")]
    [InlineData("Expected, as recorded: it completes with true. Actual, by today's code: it completes with false.", "answers otherwise")]
    [InlineData(
        "Expected, as recorded: it completes with true. Actual, by today's code: it fails with System.InvalidOperationException. "
            + "The worker: no",
        "fails")]
    [InlineData(
        "Expected, as recorded: activity 'RouteBot' (task 3). Actual, by today's code: it completes with true. The worker: Non-Deterministic",
        "stops early")]
    public async Task A_saga_that_was_changed_is_caught(string reason, string change)
    {
        var found = await Changed(change).ReplayAsync(await RestartAsync());
        Assert.StartsWith(reason, found.Mismatch, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saga_that_tells_an_activity_something_else_goes_on_and_that_is_noted()
    {
        var found = await Changed("tells otherwise").ReplayAsync(await RestartAsync());
        Assert.Null(found.Mismatch);
        Assert.StartsWith("activity 'RouteBot' (task 3) has other data: [{", Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saga_that_is_gone_is_caught() => Assert.Equal(
        "There is no orchestration 'Restart' any more.",
        (await Sagas.Replayer(new Dictionary<string, ITaskOrchestrator>()).ReplayAsync(await RestartAsync())).Mismatch);

    [Fact]
    public async Task An_activity_that_is_gone_while_an_instance_waits_for_it_is_caught()
    {
        var history = await RestartAsync();
        var waits = history with { Events = [.. history.Events.TakeWhile(e => e is not TaskCompletedEvent).SkipLast(1)] };
        Assert.Null((await Sagas.Replayer().ReplayAsync(waits)).Mismatch);
        var gone = new Replayer(Sagas.Code(Sagas.All) with { Activities = new HashSet<string>() });
        Assert.Equal(
            "It waits for activity 'BringUp' (task 0), which is not there any more.", (await gone.ReplayAsync(waits)).Mismatch);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"instance":"x"}""")]
    [InlineData("""{"instance":"x","name":"n","version":"","status":"Asleep","events":[]}""")]
    [InlineData("""{"instance":"x","name":"n","version":"","status":"Running","events":[{"event":"Dreamt"}]}""")]
    public void What_is_no_history_is_refused(string json) => Assert.Throws<FormatException>(() => RecordedHistory.Parse(json));

    private static IEnumerable<string> ShippedFiles() => Directory.EnumerateFiles(Shipped, "*.json", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Shipped, file)).Order();

    private static async Task<RecordedHistory> RestartAsync() =>
        RecordedHistory.Parse(await File.ReadAllTextAsync(Path.Combine(Shipped, "v1", "restart.json")));

    private static Replayer Changed(string change) => Sagas.Replayer(new Dictionary<string, ITaskOrchestrator>
    {
        [nameof(Restart)] = new ChangedRestart(change),
    });

    private static async Task RecordAsync(Scenario scenario, RecordedHistory history, string json)
    {
        var source = typeof(HistoryTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Histories");
        var folder = Directory.CreateDirectory(Path.Combine(source.Value!, "v" + history.Version));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, scenario.File + ".json"), json);
    }

    /// <summary>The restart saga as somebody might have changed it.</summary>
    private sealed class ChangedRestart(string change) : TaskOrchestrator<BotInput, bool>
    {
        public override async Task<bool> RunAsync(TaskOrchestrationContext context, BotInput bot)
        {
            if (change == "waits first")
            {
                await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
            }

            if (change != "leaves out")
            {
                var brought = context.BringUp(bot);
                await (change == "asks at once" ? Task.WhenAll(brought, context.RouteBot(bot)) : brought);
            }

            if (change == "adds")
            {
                await context.AskBot(bot);
            }

            await context.BecomesReady(bot);
            if (change == "stops early")
            {
                return true;
            }

            await context.RouteBot(change == "tells otherwise" ? bot with { Version = 7 } : bot);
            await context.Succeed(bot, DeploymentStatus.Running, bot.Version);
            await context.Close(bot);
            if (change == "appends")
            {
                await context.WaitForExternalEvent<string>("confirmed");
            }

            return change == "fails" ? throw new InvalidOperationException("no") : change != "answers otherwise";
        }
    }
}
