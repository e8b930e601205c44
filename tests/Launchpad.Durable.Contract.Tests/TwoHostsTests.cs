using System.Diagnostics;
using System.Globalization;
using Launchpad.Durable.Contract.App;
using Xunit.Abstractions;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Contract;

/// <summary>LAUNCHPAD_SHARED_INSTANCES says how many instances two hosts share.</summary>
public sealed class TwoHostsTests(AzureStorageHub hub, ITestOutputHelper log) : IClassFixture<AzureStorageHub>
{
    private const int Steps = 3;

    private static readonly int Count = Environment.GetEnvironmentVariable("LAUNCHPAD_SHARED_INSTANCES") is { Length: > 0 } count
        ? int.Parse(count, CultureInfo.InvariantCulture)
        : 40;

    /// <summary>One minute until the messages come back that the dead host had taken, half a minute until its leases end, and the work
    /// itself on a machine that has other work.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4) + (Count * TimeSpan.FromMilliseconds(300));

    public sealed record Effect(string Instance, int Step);

    /// <summary>Looks, then acts: a second run has no second effect.</summary>
    [Function(nameof(Act))]
    public static int Act([ActivityTrigger] Effect effect)
    {
        ArgumentNullException.ThrowIfNull(effect);
        Journal.Once($"by-{Environment.ProcessId}.{effect.Instance}-{effect.Step}");
        return Journal.Once($"effect.{effect.Instance}-{effect.Step}") ? 1 : 0;
    }

    [Function(nameof(ActThrice))]
    public static async Task<int> ActThrice([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        for (var step = 0; step < Steps; step++)
        {
            await context.CallActivityAsync<int>(nameof(Act), new Effect(context.InstanceId, step));
            await context.CreateTimer(TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }

        return Steps;
    }

    [Fact]
    public async Task Two_hosts_share_a_hub_and_one_ends_what_the_other_had_begun_when_it_was_killed()
    {
        await using var survivor = await hub.StartHostAsync("two");
        var client = survivor.Client;
        await Task.Delay(TimeSpan.FromSeconds(15));
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), async (i, cancellation) =>
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(ActThrice), new StartOrchestrationOptions($"shared-{i}"), cancellation));
        await UntilAsync(() => Task.FromResult(hub.Count("effect") >= Count * Steps / 3));

        var killed = Stopwatch.StartNew();
        var before = hub.Count("effect");
        await hub.KillAsync();
        await UntilAsync(async () => await EndedAsync(client) == Count);

        Assert.Equal(Count, await EndedAsync(client, Completed));
        Assert.Equal(Count * Steps, hub.Count("effect"));
        log.WriteLine($"{Count} instances, {Count * Steps} effects, {before} of them before the kill; all ended {killed.Elapsed} after it.");
        var shares = hub.Shares("by-");
        log.WriteLine($"Runs of activities by worker: {string.Join(", ", shares)}");
        Assert.Equal(2, shares.Count);
    }

    private static async Task<int> EndedAsync(DurableTaskClient client, params OrchestrationRuntimeStatus[] statuses)
    {
        var ended = 0;
        var query = new OrchestrationQuery(
            InstanceIdPrefix: "shared-", Statuses: statuses.Length > 0 ? statuses : [Completed, Failed, Terminated], PageSize: 500);
        await foreach (var _ in client.GetAllInstancesAsync(query))
        {
            ended++;
        }

        return ended;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), patience.Token);
        }
    }
}
