using DurableTask.Core.Exceptions;
using Launchpad.Durable.Contract.App;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Contract;

public abstract class StartContract(Hub hub) : ContractSuite(hub)
{
    [Function(nameof(Quick))]
    public static string? Quick([OrchestrationTrigger] TaskOrchestrationContext context) => context.GetInput<string>();

    [Function(nameof(CountUp))]
    public static int CountUp([ActivityTrigger] string key) => Journal.Next(key);

    [Function(nameof(CountAndWait))]
    public static async Task<int> CountAndWait([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.CallActivityAsync<int>(nameof(CountUp), context.InstanceId) + await context.WaitForExternalEvent<int>("go");

    [Fact]
    public async Task Of_many_starts_of_one_id_exactly_one_runs()
    {
        var starts = Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                await StartAsync(nameof(CountAndWait), null, new(Id()));
                return 1;
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return 0;
            }
        });

        Assert.InRange((await Task.WhenAll(starts)).Sum(), 1, 20);
        await Client.RaiseEventAsync(Id(), "go", 1);
        Assert.Equal(2, (await EndAsync(Id())).ReadOutputAs<int>());
    }

    [Fact]
    public async Task An_id_that_runs_is_refused()
    {
        await StartAsync(nameof(ChildContract.Park), null, new(Id()));
        await UntilAsync(Id(), Running);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => StartAsync(nameof(Quick), null, new(Id())));
    }

    [Fact]
    public async Task An_id_that_has_ended_starts_again_unless_its_status_is_named()
    {
        await RunAsync(nameof(Quick), "first", new(Id()));
        await StartAsync(nameof(Quick), "second", new(Id()));
        await UntilAsync(Id(), state => state.IsCompleted && state.ReadOutputAs<string>() == "second");

        var once = new StartOrchestrationOptions(Id()).WithDedupeStatuses(Completed, Failed, Terminated);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => StartAsync(nameof(Quick), "third", once));
        Assert.Equal("second", (await Client.GetInstanceAsync(Id(), true))!.ReadOutputAs<string>());
    }

    [Fact]
    public async Task One_that_runs_is_not_replaced_even_when_its_starter_would_allow_it()
    {
        await StartAsync(nameof(ChildContract.Park), null, new(Id()));
        await UntilAsync(Id(), Running);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => StartAsync(
            nameof(Quick), "new", new StartOrchestrationOptions(Id()).WithDedupeStatuses()));
    }

    [Fact]
    public async Task A_scheduled_start_waits_for_its_time()
    {
        var at = DateTimeOffset.UtcNow.AddSeconds(1);
        var id = await StartAsync(nameof(Quick), "in", new(StartAt: at));
        Assert.Equal(Pending, (await Client.GetInstanceAsync(id))!.RuntimeStatus);
        Assert.InRange((await EndAsync(id)).LastUpdatedAt, at, at.AddSeconds(20));
    }

    [Fact]
    public async Task Tags_stay_with_an_instance()
    {
        var options = new StartOrchestrationOptions(Id()) { Tags = new Dictionary<string, string> { ["owner"] = "ich 漢" } };
        Assert.Equal("ich 漢", (await RunAsync(nameof(Quick), "in", options)).Tags["owner"]);
    }

    [Fact]
    public async Task An_orchestrator_that_does_not_exist_is_started_and_fails_with_its_name()
    {
        var state = await RunAsync("Nowhere");
        Assert.Equal(Failed, state.RuntimeStatus);
        Assert.Contains("'Nowhere'", state.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_to_keep_must_be_one() => await Assert.ThrowsAsync<ArgumentException>(
        () => StartAsync(nameof(Quick), null, new StartOrchestrationOptions { DedupeStatuses = ["Sleeping"] }));

    [Fact]
    public async Task Waiting_may_begin_before_there_is_anything_to_wait_for()
    {
        var started = Client.WaitForInstanceStartAsync(Id());
        await StartAsync(nameof(Quick), "in", new(Id()));
        Assert.Equal(Id(), (await started).InstanceId);
        var ended = await Client.WaitForInstanceCompletionAsync(Id(), getInputsAndOutputs: true);
        Assert.Equal("in", ended.ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_wait_ends_when_its_caller_has_no_patience_left()
    {
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client.WaitForInstanceCompletionAsync(Id("unknown"), impatience.Token));
    }
}
