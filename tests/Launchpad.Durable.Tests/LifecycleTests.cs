using DurableTask.Core;
using DurableTask.Core.History;

namespace Launchpad.Durable.Tests;

/// <summary>What orders from outside and ends of the process do to instances, with and without histories kept in memory.</summary>
public abstract class LifecycleTests(TimeSpan? sessionIdle)
{
    [Theory]
    [InlineData("running")]
    [InlineData("suspended")]
    [InlineData("scheduled")]
    public async Task Terminate_ends_one_that_runs_one_that_is_suspended_and_one_that_has_not_begun(string what)
    {
        await using var hub = await StartAsync(Registrations.Listener(1));
        var instance = what == "scheduled"
            ? await hub.Client.CreateScheduledOrchestrationInstanceAsync("Listen", "", "one", null, DateTime.UtcNow.AddHours(1))
            : await hub.BeginAsync("Listen", id: "one");
        if (what != "scheduled")
        {
            await hub.UntilAsync("one", state => state.OrchestrationStatus is OrchestrationStatus.Running);
        }

        if (what == "suspended")
        {
            await hub.Client.SuspendInstanceAsync(instance, "why not");
            await hub.UntilAsync("one", state => state.OrchestrationStatus is OrchestrationStatus.Suspended);
        }

        await hub.Client.TerminateInstanceAsync(instance, "enough");
        var state = await hub.EndAsync("one");
        Assert.Equal((OrchestrationStatus.Terminated, "enough"), (state.OrchestrationStatus, state.Output));
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task A_suspended_instance_keeps_what_comes_and_goes_on_when_resumed_even_over_a_restart()
    {
        await using var hub = await StartAsync(Registrations.Listener(2));
        var instance = await hub.BeginAsync("Listen");
        await hub.UntilAsync(instance.InstanceId, state => state.OrchestrationStatus is OrchestrationStatus.Running);
        await hub.Client.SuspendInstanceAsync(instance);
        await hub.UntilAsync(instance.InstanceId, state => state.OrchestrationStatus is OrchestrationStatus.Suspended);
        await hub.Client.RaiseEventAsync(instance, "said", 1);
        await hub.Client.RaiseEventAsync(instance, "said", 2);
        await hub.RestartAsync();
        await Task.Delay(100);
        Assert.Equal(OrchestrationStatus.Suspended, (await hub.Client.GetOrchestrationStateAsync(instance)).OrchestrationStatus);

        await hub.Client.ResumeInstanceAsync(instance);
        Assert.Equal("[1,2]", (await hub.EndAsync(instance)).Output);
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task Orchestrations_go_on_after_a_restart_where_they_were()
    {
        var gate = new TaskCompletionSource();
        await using var hub = await StartAsync(worker => worker
            .Activity("Note", input => input)
            .Activity("Blocked", async input =>
            {
                await gate.Task;
                return input;
            })
            .Orchestrator("Run", async flow =>
            {
                var first = await flow.Call<string>("Note", "a");
                var second = await flow.Call<string>("Blocked", "b");
                return first + second + await flow.Event("said");
            }));

        var instance = await hub.BeginAsync("Run");
        await hub.UntilAsync(instance.InstanceId, _ => hub.Service.History(instance.InstanceId).OfType<TaskScheduledEvent>().Count() == 2);
        await hub.RestartAsync();
        gate.SetResult();
        await hub.UntilAsync(instance.InstanceId, _ => hub.Service.History(instance.InstanceId).OfType<TaskCompletedEvent>().Count() == 2);
        await hub.RestartAsync();
        await hub.Client.RaiseEventAsync(instance, "said", "c");
        Assert.Equal("\"ab\\\"c\\\"\"", (await hub.EndAsync(instance)).Output);
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task A_failed_instance_that_is_rewound_tries_again_what_failed()
    {
        var healthy = false;
        await using var hub = await StartAsync(worker => worker
            .Activity("Fragile", object? (_) => healthy ? "well" : throw new TimeoutException("not yet"))
            .Orchestrator("Run", flow => flow.Call<object?>("Fragile")));

        var failed = await hub.RunAsync("Run", id: "again");
        Assert.Equal(OrchestrationStatus.Failed, failed.OrchestrationStatus);
        healthy = true;
        await hub.Service.RewindAsync("again", "it is well now");
        await hub.UntilAsync("again", state => state.OrchestrationStatus is OrchestrationStatus.Completed);
        Assert.Equal("\"well\"", (await hub.Client.GetOrchestrationStateAsync("again"))!.Output);
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task Two_hundred_orchestrations_inside_each_other_end_as_the_innermost_does()
    {
        await using var hub = await StartAsync(worker => worker.Orchestrator("Nest", async flow => flow.Input<int>() is var depth and > 0
            ? await flow.Context.CreateSubOrchestrationInstance<int>("Nest", "", depth - 1) + 1
            : 0));

        Assert.Equal("200", (await hub.RunAsync("Nest", 200)).Output);
        await hub.AssertSoundAsync();
    }

    [Fact]
    public async Task An_orchestrator_that_nobody_has_waits_and_holds_nobody_up()
    {
        await using var hub = await StartAsync(Registrations.Listener(0));
        var nobody = await hub.BeginAsync("Unknown");
        Assert.Equal(OrchestrationStatus.Completed, (await hub.RunAsync("Listen")).OrchestrationStatus);
        Assert.Equal(OrchestrationStatus.Pending, (await hub.Client.GetOrchestrationStateAsync(nobody)).OrchestrationStatus);
        await hub.AssertSoundAsync();
    }

    private Task<TestHub> StartAsync(Action<TaskHubWorker> register) => TestHub.StartAsync(register, sessionIdle, null);
}

public sealed class LifecycleTestsWithHistoriesReadAgain() : LifecycleTests(null);

public sealed class LifecycleTestsWithSessions() : LifecycleTests(TimeSpan.FromSeconds(3));
