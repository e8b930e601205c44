using Azure.Core;
using Launchpad.Processes;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Tests.Records;

public sealed class RecordStoreTests(Azurite azurite) : StorageTests(azurite)
{
    [Fact]
    public async Task Eight_writers_of_two_hundred_rows_each_make_one_whole_chain()
    {
        var writers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FaultyAsync(_ => CallFault.None)));
        await Task.WhenAll(writers.Index().Select(writer => Task.Run(async () =>
        {
            var records = new RecordStore(writer.Item, TimeProvider.System);
            for (var i = 0; i < 200; i++)
            {
                await records.AppendAsync(Deployment, Row($"{writer.Index}", i), Ct);
            }
        })));

        var rows = await ChainAsync();
        Assert.Equal(1600, rows.Count);
        foreach (var own in rows.GroupBy(row => row.Actor))
        {
            Assert.Equal(Enumerable.Range(0, 200).Select(i => $$"""{"n":{{i}}}"""), own.Select(row => row.Data));
        }
    }

    /// <summary>The client repeats a transaction whose answer it did not get; the table refuses the second one.</summary>
    [Fact]
    public async Task A_row_whose_answer_was_lost_is_there_once()
    {
        var call = 0;
        var records = new RecordStore(
            await FaultyAsync(request => IsWrite(request) && call++ % 2 == 0 ? CallFault.AnswerLost : CallFault.None), TimeProvider.System);
        for (var i = 0; i < 20; i++)
        {
            await records.AppendAsync(Deployment, Row("one", i), Ct);
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $$"""{"n":{{i}}}"""), (await ChainAsync()).Select(row => row.Data));
    }

    [Fact]
    public async Task Two_equal_rows_of_two_writers_are_two_rows()
    {
        var clock = new StoppedClock();
        var (one, other) = (new RecordStore(Tables, clock), new RecordStore(Tables, clock));
        await Task.WhenAll(one.AppendAsync(Deployment, Row("same", 1), Ct), other.AppendAsync(Deployment, Row("same", 1), Ct));
        Assert.Equal(2, (await ChainAsync()).Count);
    }

    [Fact]
    public async Task What_is_appended_under_one_key_is_there_once_whoever_is_faster()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Records.AppendOnceAsync(Deployment, "key", [Row("a", 1), Row("b", 2)], Ct)));
        Assert.Equal(["a", "b"], (await ChainAsync()).Select(row => row.Actor));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_holes()
    {
        await Records.AppendAsync(Deployment, () => Task.FromResult<RecordDraft?>(new([.. Enumerable.Range(0, 90).Select(Row)], [])), Ct);
        Assert.Equal([3, 4, 5], (await Records.ReadAsync(Deployment, 2, 5, Ct)).Select(row => row.Sequence));
        Assert.Equal(90, (await Records.ReadAsync(Deployment, -1, 89, Ct)).Count);
        Assert.Empty(await Records.ReadAsync(Deployment, 89, 89, Ct));
        Assert.Empty(await Records.ReadAsync("dep_other", -1, 1_000, Ct));

        static RecordEntry Row(int n) => RecordStoreTests.Row("page", n);
    }

    [Fact]
    public async Task A_row_does_not_fit_into_the_chain_of_another_deployment()
    {
        await Records.AppendAsync(Deployment, Row("x", 1), Ct);
        var row = Assert.Single(await ChainAsync());
        Assert.Equal(RecordHead.Before(Deployment).Hash, row.Previous);
        Assert.NotEqual(RecordHead.Before("dep_other").Hash, row.Previous);
    }

    internal static bool IsWrite(Request request) => request.Uri.ToString().Contains("$batch", StringComparison.Ordinal);

    private static RecordEntry Row(string actor, int n) => new(RecordKinds.Action, actor, new { n });

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
