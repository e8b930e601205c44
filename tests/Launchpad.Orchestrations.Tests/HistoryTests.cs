using System.Reflection;
using Launchpad.Durable;
using Launchpad.Orchestrations.Activities;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;

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
        Assert.Null(Sagas.Replayer().Replay(history));
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
            Assert.Null(Sagas.Replayer().Replay(RecordedHistory.Parse(json)));
            if (Environment.GetEnvironmentVariable("LAUNCHPAD_RECORD") == "1" && history.InstanceId == ended.InstanceId)
            {
                await RecordAsync(scenario, history, json);
            }
        }
    }

    [Theory]
    [InlineData(
        "Expected, as recorded: activity 'BringUp' (task 0). Actual, by today's code: activity 'CheckBot' (task 0).", "leaves out")]
    [InlineData("Expected, as recorded: activity 'CheckBot' (task 1). Actual, by today's code: activity 'AskBot' (task 1).", "adds")]
    [InlineData("Expected, as recorded: it completes. Actual, by today's code: it waits.", "appends")]
    [InlineData("Expected, as recorded: it completes. Actual, by today's code: it fails with System.InvalidOperationException", "fails")]
    [InlineData("Expected, as recorded: activity 'RouteBot' (task 3). Actual, by today's code: it completes.", "stops early")]
    public async Task A_saga_that_was_changed_is_caught(string reason, string change)
    {
        var history = RecordedHistory.Parse(await File.ReadAllTextAsync(Path.Combine(Shipped, "v1", "restart.json")));
        var replayer = new Replayer(new() { Directory = "", Converter = Sagas.Converter }, NullLoggerFactory.Instance);
        replayer.AddOrchestrator(nameof(Restart), async context => await ChangedAsync(context, change));
        Assert.Contains(reason, replayer.Replay(history), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saga_that_is_gone_is_caught()
    {
        var history = RecordedHistory.Parse(await File.ReadAllTextAsync(Path.Combine(Shipped, "v1", "restart.json")));
        var replayer = new Replayer(new() { Directory = "" }, NullLoggerFactory.Instance);
        Assert.Equal("No orchestrator task named 'Restart' was found.", replayer.Replay(history));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"instance":"x"}""")]
    [InlineData("""{"instance":"x","name":"n","version":"","status":"Asleep","turns":[]}""")]
    public void What_is_no_history_is_refused(string json) => Assert.Throws<FormatException>(() => RecordedHistory.Parse(json));

    private static IEnumerable<string> ShippedFiles() => Directory.EnumerateFiles(Shipped, "*.json", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Shipped, file)).Order();

    /// <summary>The restart saga as somebody might have changed it.</summary>
    private static async Task<bool> ChangedAsync(TaskOrchestrationContext context, string change)
    {
        var input = context.GetInput<RestartInput>()!;
        var bot = new BotInput(input.Operation, input.Account, input.Deployment, input.Tier, input.Vm, input.Version);
        if (change != "leaves out")
        {
            await context.BringUp(bot);
        }

        if (change == "adds")
        {
            await context.AskBot(bot);
        }

        await context.BecomesReady(bot, input.Deadline);
        if (change == "stops early")
        {
            return true;
        }

        await context.RouteBot(bot);
        await context.CompleteProvision(new(input.Operation, input.Account, input.Deployment, input.Version));
        if (change == "appends")
        {
            await context.WaitForExternalEvent<string>("confirmed");
        }

        return change == "fails" ? throw new InvalidOperationException("no") : true;
    }

    private static async Task RecordAsync(Scenario scenario, RecordedHistory history, string json)
    {
        var source = typeof(HistoryTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Histories");
        var folder = Directory.CreateDirectory(Path.Combine(source.Value!, "v" + history.Version));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, scenario.File + ".json"), json);
    }
}
