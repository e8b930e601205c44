using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Tests;

/// <summary>What happens to an instance whose history today's code does not follow.</summary>
public sealed class MismatchTests
{
    [Fact]
    public async Task Replayed_code_that_asks_for_something_else_suspends_the_instance_and_says_what()
    {
        await using var engine = new Engine();
        engine.Activity<string, string>("Charge", x => x).Orchestrator("Run", context => Steps(context, "Charge"));
        await engine.StartAsync();
        var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync("Run");
        await engine.UntilAsync(id, state => state.ReadCustomStatusAs<string>() == "charged");

        await engine.StopAsync();
        engine.Clear().Activity<string, string>("Refund", x => x).Orchestrator("Run", context => Steps(context, "Refund"));
        await engine.StartAsync();
        await engine.Client.RaiseEventAsync(id, "go", "on");
        var suspended = await engine.UntilAsync(id, state => state.RuntimeStatus is OrchestrationRuntimeStatus.Suspended);
        Assert.Contains(
            "Expected, as recorded: activity 'Charge' (task 0). Actual, by today's code: activity 'Refund' (task 0).",
            suspended.FailureDetails!.ErrorMessage,
            StringComparison.Ordinal);
        await engine.Client.ResumeInstanceAsync(id);
        await Task.Delay(50);
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await engine.Client.GetInstanceAsync(id))!.RuntimeStatus);

        await engine.StopAsync();
        engine.Clear().Activity<string, string>("Charge", x => x).Orchestrator("Run", context => Steps(context, "Charge"));
        await engine.StartAsync();
        await engine.Client.ResumeInstanceAsync(id);
        Assert.Equal("on", (await engine.EndAsync(id)).ReadOutputAs<string>());
    }

    private static async Task<string> Steps(TaskOrchestrationContext context, string activity)
    {
        context.CreateReplaySafeLogger("test").LogInformation("Runs once");
        await context.CallActivityAsync<string>(activity, "");
        context.SetCustomStatus("charged");
        return await context.WaitForExternalEvent<string>("go");
    }
}
