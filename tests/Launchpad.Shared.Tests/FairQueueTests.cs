using Launchpad.Shared.Accounts;

namespace Launchpad.Shared.Tests;

public sealed class FairQueueTests
{
    private readonly FairQueue queue = new(running: 1, laneMax: 4, queueMax: 6);
    private readonly TaskCompletionSource first = new();
    private readonly List<string> done = [];

    [Fact]
    public async Task Lanes_take_turns_and_each_keeps_its_order()
    {
        var work = Begin("a0", "a1", "a2", "a3", "b1", "c1", "b2");
        first.SetResult();
        await Task.WhenAll(work);
        Assert.Equal(["a0", "a1", "b1", "c1", "a2", "b2", "a3"], done);
    }

    [Fact]
    public async Task A_lane_has_a_bound_and_all_of_them_together_have_one()
    {
        var work = Begin("a0", "a1", "a2", "a3", "a4", "b1", "b2");
        await Assert.ThrowsAsync<QueueFullException>(() => RunAsync("a5", CancellationToken.None));
        await Assert.ThrowsAsync<QueueFullException>(() => RunAsync("c1", CancellationToken.None));
        first.SetResult();
        await Task.WhenAll(work);
        await RunAsync("a6", CancellationToken.None);
        Assert.Equal("a6", done[^1]);
    }

    [Fact]
    public async Task The_turn_of_who_went_away_falls_to_the_next()
    {
        var running = RunAsync("a0", CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var gone = RunAsync("a1", stop.Token);
        var next = RunAsync("b1", CancellationToken.None);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        first.SetResult();
        await Task.WhenAll(running, next);
        Assert.Equal(["a0", "b1"], done);
    }

    [Fact]
    public async Task What_fails_frees_its_place()
    {
        first.SetResult();
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<IOException>(() => queue.RunAsync<int>("a", () => throw new IOException(), CancellationToken.None));
        }

        await RunAsync("a1", CancellationToken.None);
    }

    private List<Task> Begin(params string[] names) => [.. names.Select(name => RunAsync(name, CancellationToken.None))];

    private Task<int> RunAsync(string name, CancellationToken ct) => queue.RunAsync(
        name[..1],
        () =>
        {
            first.Task.Wait();
            done.Add(name);
            return 0;
        },
        ct);
}
