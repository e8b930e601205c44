using DurableTask.Core;

namespace Launchpad.Durable.Tests;

public sealed class SemanticsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Activities_run_one_after_another_and_give_their_results(bool sessions)
    {
        await using var hub = await TestHub.StartAsync(
            worker => worker
                .Activity("Add", input => input!.ToObject<int>() + 1)
                .Orchestrator("Run", async flow =>
                {
                    var sum = 0;
                    for (var i = 0; i < 5; i++)
                    {
                        sum = await flow.Call<int>("Add", sum);
                    }

                    return sum;
                }),
            TestHub.NewOptions() with { ExtendedSessionIdle = sessions ? TimeSpan.FromSeconds(5) : null });

        var state = await hub.RunAsync("Run");
        Assert.Equal(OrchestrationStatus.Completed, state.OrchestrationStatus);
        Assert.Equal("5", state.Output);
        await hub.StopAsync();
        Assert.Empty(Storage.Integrity.ProblemsOf(hub.Directory));
    }
}
