using Grpc.Core;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Contract;

public abstract class LifecycleContract(Hub hub) : ContractSuite(hub)
{
    private static async Task RefusedAsync(StatusCode code, Func<Task> request) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<RpcException>(request)).StatusCode);

    private async Task<string> ParkAsync(string name = "it")
    {
        var id = await StartAsync(nameof(ChildContract.Park), null, new(Id(name)));
        await UntilAsync(id, Running);
        return id;
    }

    [Fact]
    public async Task Terminate_ends_one_that_runs_and_one_that_is_suspended()
    {
        await ParkAsync("running");
        await ParkAsync("suspended");
        await Client.SuspendInstanceAsync(Id("suspended"));
        await UntilAsync(Id("suspended"), Suspended);
        foreach (var id in new[] { Id("running"), Id("suspended") })
        {
            await Client.TerminateInstanceAsync(id, "because");
            var state = await EndAsync(id);
            Assert.Equal((Terminated, "because"), (state.RuntimeStatus, state.ReadOutputAs<string>()));
        }
    }

    [Fact]
    public async Task Terminate_says_when_there_is_nothing_to_end()
    {
        await RefusedAsync(StatusCode.NotFound, () => Client.TerminateInstanceAsync(Id("unknown")));
        await RunAsync(nameof(StartContract.Quick), null, new(Id()));
        await RefusedAsync(StatusCode.FailedPrecondition, () => Client.TerminateInstanceAsync(Id()));
    }

    [Fact]
    public async Task One_that_waits_for_its_scheduled_start_is_terminated()
    {
        await StartAsync(nameof(StartContract.Quick), null, new(Id(), DateTimeOffset.UtcNow.AddDays(1)));
        await Client.TerminateInstanceAsync(Id(), "never mind");
        Assert.Equal(Terminated, (await EndAsync(Id())).RuntimeStatus);
    }

    [Function(nameof(ParkChild))]
    public static Task<string> ParkChild([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallSubOrchestratorAsync<string>(
            nameof(ChildContract.Park), null, new SubOrchestrationOptions(instanceId: $"{context.InstanceId}-child"));

    /// <summary>The extension does not read whether it is asked to.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Terminate_leaves_children_alone(bool recursive)
    {
        var id = await StartAsync(nameof(ParkChild));
        await UntilAsync($"{id}-child", Running);
        await Client.TerminateInstanceAsync(id, new TerminateInstanceOptions(Recursive: recursive));
        await UntilAsync(id, Terminated);
        await Task.Delay(300);
        Assert.Equal(Running, (await Client.GetInstanceAsync($"{id}-child"))!.RuntimeStatus);
    }

    [Fact]
    public async Task A_suspended_instance_keeps_what_comes_and_goes_on_when_resumed()
    {
        var id = await ParkAsync();
        await Client.SuspendInstanceAsync(id, "a pause");
        await UntilAsync(id, Suspended);
        await Client.RaiseEventAsync(id, "go", "on");
        await Task.Delay(300);
        Assert.Equal(Suspended, (await Client.GetInstanceAsync(id))!.RuntimeStatus);
        await Client.ResumeInstanceAsync(id);
        Assert.Equal("on", (await EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Suspend_and_resume_say_when_there_is_nothing_to_do_it_to()
    {
        await RefusedAsync(StatusCode.NotFound, () => Client.SuspendInstanceAsync(Id("unknown")));
        await RefusedAsync(StatusCode.NotFound, () => Client.ResumeInstanceAsync(Id("unknown")));
        await RunAsync(nameof(StartContract.Quick), null, new(Id()));
        await RefusedAsync(StatusCode.FailedPrecondition, () => Client.SuspendInstanceAsync(Id()));
        await RefusedAsync(StatusCode.FailedPrecondition, () => Client.ResumeInstanceAsync(Id()));
    }

    [Fact]
    public async Task Purge_removes_what_has_ended_and_refuses_what_has_not()
    {
        await RunAsync(nameof(StartContract.Quick), "x", new(Id()));
        Assert.Equal(1, (await Client.PurgeInstanceAsync(Id())).PurgedInstanceCount);
        Assert.Null(await Client.GetInstanceAsync(Id()));
        Assert.Equal(0, (await Client.PurgeInstanceAsync(Id())).PurgedInstanceCount);
        var parked = await ParkAsync("parked");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.PurgeInstanceAsync(parked));
    }

    [Fact]
    public async Task A_purge_by_filter_takes_what_was_created_in_its_time_and_has_ended_so()
    {
        await RunAsync(nameof(StartContract.Quick), "", new(Id("before")));
        await Task.Delay(50);
        var from = DateTimeOffset.UtcNow;
        await Task.Delay(50);
        await RunAsync(nameof(StartContract.Quick), "", new(Id("one")));
        await RunAsync(nameof(StartContract.Quick), "", new(Id("two")));
        await RunAsync(nameof(FailureContract.ThrowAtOnce), "", new(Id("failed")));
        await ParkAsync("parked");

        var purged = await Client.PurgeAllInstancesAsync(new(from, DateTimeOffset.UtcNow, [Completed]));
        Assert.Equal(2, purged.PurgedInstanceCount);
        Assert.Null(await Client.GetInstanceAsync(Id("one")));
        foreach (var kept in new[] { "before", "failed", "parked" })
        {
            Assert.NotNull(await Client.GetInstanceAsync(Id(kept)));
        }
    }
}
