using Azure.Data.Tables;

namespace Launchpad.Standins.Tests.Tables;

public sealed class TransactionTests(Azurite azurite) : TableTests(azurite)
{
    [Fact]
    public async Task All_kinds_of_action_take_effect_together()
    {
        foreach (var row in new[] { "merge", "replace", "delete" })
        {
            await Table.AddEntityAsync(new TableEntity("it's", row) { ["Old"] = "ä" });
        }

        var responses = (await Table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, Entity("add")),
            new(TableTransactionActionType.UpdateMerge, Entity("merge"), Azure.ETag.All),
            new(TableTransactionActionType.UpdateReplace, Entity("replace"), Azure.ETag.All),
            new(TableTransactionActionType.Delete, Entity("delete")),
            new(TableTransactionActionType.UpsertMerge, Entity("upsert")),
            new(TableTransactionActionType.UpsertReplace, Entity("upsert 漢字")),
        ])).Value;

        var rows = await Table.QueryAsync<TableEntity>().ToListAsync();
        Assert.Equal(["add", "merge", "replace", "upsert", "upsert 漢字"], rows.Select(row => row.RowKey).Order(StringComparer.Ordinal));
        Assert.Equal(["merge"], rows.Where(row => row.ContainsKey("Old")).Select(row => row.RowKey));
        Assert.All(rows, row => Assert.Equal("ü", row.GetString("New")));
        Assert.Equal(6, responses.Count);
        Assert.All(responses, response => Assert.Equal(204, response.Status));
        Assert.Equal(rows.Single(row => row.RowKey == "add").ETag, responses[0].Headers.ETag);
    }

    [Fact]
    public async Task One_action_that_fails_undoes_all_and_is_named()
    {
        await Table.AddEntityAsync(Entity("there"));

        var failed = await Assert.ThrowsAsync<TableTransactionFailedException>(() => Table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, Entity("a")),
            new(TableTransactionActionType.Add, Entity("there")),
            new(TableTransactionActionType.Add, Entity("b")),
        ]));

        Assert.Equal((409, "EntityAlreadyExists"), (failed.Status, failed.ErrorCode));
        Assert.Equal(1, failed.FailedTransactionActionIndex);
        Assert.Equal(["there"], (await Table.QueryAsync<TableEntity>().ToListAsync()).Select(row => row.RowKey));
    }

    [Fact]
    public async Task A_stale_etag_fails_the_transaction()
    {
        var etag = (await Table.AddEntityAsync(Entity("r"))).Headers.ETag!.Value;
        await Table.UpsertEntityAsync(Entity("r"));

        var failed = await Assert.ThrowsAsync<TableTransactionFailedException>(() => Table.SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, Entity("a")), new(TableTransactionActionType.UpdateReplace, Entity("r"), etag)]));

        Assert.Equal((412, "UpdateConditionNotSatisfied", 1), (failed.Status, failed.ErrorCode, failed.FailedTransactionActionIndex));
        Assert.False((await Table.GetEntityIfExistsAsync<TableEntity>("it's", "a")).HasValue);
    }

    [Fact]
    public async Task A_hundred_actions_fit_and_none_is_an_error()
    {
        await Table.SubmitTransactionAsync(
            Enumerable.Range(0, 100).Select(n => new TableTransactionAction(TableTransactionActionType.Add, Entity($"{n}"))));

        Assert.Equal(100, (await Table.QueryAsync<TableEntity>().ToListAsync()).Count);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Table.SubmitTransactionAsync([]));
    }

    private static TableEntity Entity(string row) => new("it's", row) { ["New"] = "ü" };
}
