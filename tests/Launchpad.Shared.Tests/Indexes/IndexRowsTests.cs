using Azure.Data.Tables;
using Launchpad.Processes;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Tests.Indexes;

/// <summary>The order of writes that leaves one row too many and never one too few.</summary>
public sealed class IndexRowsTests(Azurite azurite) : StorageTests(azurite)
{
    private IndexKey Key => new(Deployment, "row");

    private IndexRows Index => new(Tables);

    [Fact]
    public async Task A_row_is_there_before_the_save_that_needs_it_and_stays_where_that_dies()
    {
        await Assert.ThrowsAsync<ProcessDiedException>(() => Index.SaveAsync(
            [Row()], [],
            async () => await Index.HasAsync(Key, Ct) ? throw new ProcessDiedException() : false, Ct));
        Assert.True(await Index.HasAsync(Key, Ct));
    }

    [Fact]
    public async Task A_row_goes_after_the_save_that_does_not_need_it()
    {
        await Tables.Index.AddEntityAsync(Row(), Ct);
        Assert.True(await Index.SaveAsync([], [Key], () => Index.HasAsync(Key, Ct), Ct));
        Assert.False(await Index.HasAsync(Key, Ct));
    }

    [Fact]
    public async Task A_row_stays_when_the_save_has_lost_its_race()
    {
        await Tables.Index.AddEntityAsync(Row(), Ct);
        Assert.False(await Index.SaveAsync([], [Key], () => Task.FromResult(false), Ct));
        Assert.True(await Index.HasAsync(Key, Ct));
    }

    [Fact]
    public async Task A_row_that_somebody_wrote_anew_meanwhile_stays()
    {
        await Tables.Index.AddEntityAsync(Row(), Ct);
        Assert.True(await Index.SaveAsync(
            [], [Key],
            async () =>
            {
                await Tables.Index.UpsertEntityAsync(Row(), TableUpdateMode.Replace, Ct);
                return true;
            },
            Ct));
        Assert.True(await Index.HasAsync(Key, Ct));
    }

    private TableEntity Row() => new(Key.Partition, Key.Row);
}
