using Launchpad.Functions;
using Launchpad.Functions.Access;
using Launchpad.Orchestrations.Activities;
using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Orchestrations.Tests;

/// <summary>Sagas that end without an outcome, on an engine, over tables, and the sweep that looks after what they held.</summary>
public sealed class FailedSagaTests : OnTables
{
    private readonly string directory = Directory.CreateTempSubdirectory("failed-").FullName;
    private Engine engine = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        engine = await Engine.StartAsync(directory, tasks => tasks
            .AddOrchestratorFunc(nameof(Restart), Task (_) => throw new InvalidOperationException("nobody thought of this"))
            .AddOrchestratorFunc(nameof(Recover), context => context.WaitForExternalEvent<string>("over")));
    }

    public override async Task DisposeAsync()
    {
        await engine.DisposeAsync();
        await base.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_saga_that_failed_pages_once_is_kept_and_holds_nothing_until_somebody_begins_again()
    {
        var operation = await HeldAsync("me");
        await SweepAsync();
        var failed = await engine.Client.WaitForInstanceCompletionAsync(operation);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);

        await SweepAsync();
        var page = Assert.Single(await Get<Pager>().OpenAsync(default));
        Assert.Equal((PageKind.SagaFailed, Id), (page.Kind, page.Subject));
        Assert.Contains(operation, page.Reason, StringComparison.Ordinal);
        Assert.Contains("nobody thought of this", page.Reason, StringComparison.Ordinal);
        Assert.EndsWith("saga-failed.md", page.Runbook, StringComparison.Ordinal);

        var told = (await Get<OperationStore>().FindAsync(Account, operation, default))!;
        Assert.Equal((OperationStatus.Failed, "internal"), (told.Status, told.Failure!.Code));
        Assert.DoesNotContain("nobody thought", told.Failure.Message, StringComparison.Ordinal);
        var free = await DeploymentAsync();
        Assert.Equal((null, DeploymentStatus.Failed), (free.Operation, free.Status));

        await SweepAsync();
        Assert.Equal(failed.CreatedAt, (await engine.Client.GetInstanceAsync(operation))!.CreatedAt);
        Assert.Single(await Get<Pager>().OpenAsync(default));

        var again = await Get<OperationStarter>().BeginAsync(
            engine.Client, free, OperationKind.Restart, new Unbound("me"), typed: null, default);
        Assert.NotEqual(operation, again.Id);
        Assert.Empty(await Get<Pager>().OpenAsync(default));
    }

    [Fact]
    public async Task A_saga_that_ended_while_its_row_came_back_runs_again_in_its_place()
    {
        var operation = await HeldAsync("me");
        await engine.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Recover), new StartOrchestrationOptions(operation));
        await engine.Client.RaiseEventAsync(operation, "over", "yes");
        var first = await engine.Client.WaitForInstanceCompletionAsync(operation);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, first.RuntimeStatus);

        await SweepAsync();
        var second = await engine.Client.WaitForInstanceCompletionAsync(operation);
        Assert.Equal(nameof(Restart), second.Name);
    }

    [Fact]
    public async Task What_a_live_recovery_took_is_left_to_it()
    {
        var operation = await HeldAsync(Endings.Sweep);
        await engine.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Recover), new StartOrchestrationOptions($"recover-{Vm}"));
        await SweepAsync();
        Assert.Null(await engine.Client.GetInstanceAsync(operation));

        await engine.Client.RaiseEventAsync($"recover-{Vm}", "over", "yes");
        await engine.Client.WaitForInstanceCompletionAsync($"recover-{Vm}");
        await SweepAsync();
        Assert.NotNull(await engine.Client.GetInstanceAsync(operation));
    }

    [Theory]
    [InlineData(StepStatus.Done, false)]
    [InlineData(StepStatus.Failed, true)]
    [InlineData(StepStatus.Started, true)]
    public async Task Whoever_reads_that_the_operator_has_been_told_is_told_the_truth(StepStatus undo, bool paged)
    {
        var operation = await HeldAsync("me");
        var store = Get<OperationStore>();
        await store.AddAsync(
            new(
                operation, Account, Id, OperationKind.Restart, OperationStatus.Running, "me", DateTimeOffset.UtcNow,
                DateTimeOffset.UtcNow.AddMinutes(5)),
            default);
        await store.StartStepAsync(operation, Steps.UndoReserve, null, DateTimeOffset.UtcNow, look: false, default);
        await store.EndStepAsync(operation, Steps.UndoReserve, undo, 1, "the table refuses", null, default);
        for (var time = 0; time < 2; time++)
        {
            await New<OperationActivities>().Fail(new(operation, Account, Id), default);
            Assert.False(await New<OperationActivities>().Close(new(operation, Account, Id), default));
        }

        var told = (await store.FindAsync(Account, operation, default))!.Failure!.Undone.Single();
        Assert.Equal(paged, told.Contains("The operator has been told", StringComparison.Ordinal));
        var pages = await Get<Pager>().OpenAsync(default);
        Assert.Equal(paged ? 1 : 0, pages.Count);
        Assert.All(pages, page => Assert.Contains("the table refuses", page.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_kind_of_page_has_its_runbook()
    {
        var names = Enum.GetNames<PageKind>().Select(System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName);
        Assert.All(names, name => Assert.True(File.Exists(Repository.File("docs", "runbooks", name + ".md")), name));
    }

    private Task SweepAsync() => New<Schedules>().SweepOperations(new TimerInfo(), engine.Client, CancellationToken.None);

    /// <summary>A bot in the middle of a restart whose saga nobody has started yet.</summary>
    private async Task<string> HeldAsync(string by)
    {
        await AddAsync(DeploymentStatus.Restarting, new(Operation, OperationKind.Restart, DateTimeOffset.UtcNow.AddMinutes(-1), by));
        return Operation;
    }
}
