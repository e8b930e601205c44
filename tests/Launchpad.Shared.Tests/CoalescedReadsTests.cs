using System.Collections.Concurrent;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Tests;

public sealed class CoalescedReadsTests
{
    private readonly CoalescedReads<string, int> _reads = new();
    private readonly ConcurrentQueue<TaskCompletionSource<int>> _begun = new();

    [Fact]
    public async Task Who_comes_while_a_read_is_under_way_shares_the_one_after_it()
    {
        var first = Ask();
        var begun = await BegunAsync(1);
        Task<int>[] others = [Ask(), Ask(), Ask()];
        begun[0].SetResult(1);
        Assert.Equal(1, await first);
        (await BegunAsync(2))[1].SetResult(2);
        Assert.All(await Task.WhenAll(others), answer => Assert.Equal(2, answer));
        Assert.Equal(2, _begun.Count);
    }

    [Fact]
    public async Task What_was_written_before_it_was_asked_for_is_answered_however_many_ask()
    {
        var written = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                var mine = Interlocked.Increment(ref written);
                var seen = await _reads.GetAsync("one", async _ =>
                {
                    var now = Volatile.Read(ref written);
                    await Task.Yield();
                    return now;
                }, CancellationToken.None);
                Assert.True(seen >= mine, $"{seen} was answered after {mine} was written");
            }
        })));
    }

    [Fact]
    public async Task Who_gives_up_stops_nobody_else()
    {
        using var gone = new CancellationTokenSource();
        var (first, second) = (Ask(ct: gone.Token), Ask());
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        (await BegunAsync(1))[0].SetResult(1);
        (await BegunAsync(2))[1].SetResult(2);
        Assert.Equal(2, await second);
    }

    [Fact]
    public async Task A_read_that_fails_fails_for_who_waited_for_it_and_for_nobody_after()
    {
        var first = Ask();
        var begun = await BegunAsync(1);
        Task<int>[] others = [Ask(), Ask()];
        begun[0].SetException(new InvalidOperationException("the first"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        (await BegunAsync(2))[1].SetException(new InvalidOperationException("the second"));
        foreach (var other in others)
        {
            Assert.Equal("the second", (await Assert.ThrowsAsync<InvalidOperationException>(() => other)).Message);
        }

        var last = Ask();
        (await BegunAsync(3))[2].SetResult(3);
        Assert.Equal(3, await last);
    }

    [Fact]
    public async Task Who_asks_for_something_else_waits_for_nobody()
    {
        var (one, other) = (Ask("one"), Ask("other"));
        foreach (var read in await BegunAsync(2))
        {
            read.SetResult(5);
        }

        Assert.All(await Task.WhenAll(one, other), answer => Assert.Equal(5, answer));
    }

    private Task<int> Ask(string key = "one", CancellationToken ct = default) => _reads.GetAsync(key, _ =>
    {
        var read = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _begun.Enqueue(read);
        return read.Task;
    }, ct);

    private async Task<TaskCompletionSource<int>[]> BegunAsync(int count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (_begun.Count < count)
        {
            await Task.Delay(1, deadline.Token);
        }

        return [.. _begun];
    }
}
