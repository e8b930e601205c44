namespace Launchpad.Durable.Tests;

public sealed class FairnessTests
{
    [Fact]
    public async Task Activities_begin_in_the_order_of_their_scheduling_whoever_scheduled_them()
    {
        var begun = new List<string>();
        var blocked = new TaskCompletionSource();
        await using var engine = await Engine.StartAsync(
            engine => engine
                .ActivityAsync<string, int>("Note", async name =>
                {
                    begun.Add(name);
                    await blocked.Task;
                    return 0;
                })
                .Orchestrator("Many", context => Task.WhenAll(
                    Enumerable.Range(0, 200).Select(i => context.CallActivityAsync<int>("Note", $"{context.InstanceId} {i}")))),
            options => options with { MaxConcurrentActivities = 1 });

        var ids = new List<string>();
        foreach (var id in new[] { "first", "second", "third" })
        {
            ids.Add(await engine.Client.ScheduleNewOrchestrationInstanceAsync("Many", new Microsoft.DurableTask.StartOrchestrationOptions(id)));
            await engine.UntilAsync(id, _ => engine.Running.PendingAsync(id, CancellationToken.None).Result.Count == 200);
        }

        blocked.SetResult();
        await Task.WhenAll(ids.Select(engine.EndAsync));
        Assert.Equal(ids.SelectMany(id => Enumerable.Range(0, 200).Select(i => $"{id} {i}")), begun);
    }
}
