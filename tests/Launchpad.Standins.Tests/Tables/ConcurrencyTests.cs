using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Launchpad.Standins.Tests.Tables;

public sealed class ConcurrencyTests(Azurite azurite) : TableTests(azurite)
{
    [Fact]
    public async Task The_second_add_of_a_key_is_a_conflict()
    {
        await Table.AddEntityAsync(new TableEntity("p", "r"));

        var failed = await FailsAsync(409, "EntityAlreadyExists", () => Table.AddEntityAsync(new TableEntity("p", "r")));

        Assert.True(failed.ErrorCode == TableErrorCode.EntityAlreadyExists);
        Assert.Contains("The specified entity already exists.", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_needs_the_etag_of_what_it_read()
    {
        var added = await Table.AddEntityAsync(new TableEntity("p", "r") { ["N"] = 1, ["Kept"] = "k" });
        var first = added.Headers.ETag!.Value;
        var updated = await Table.UpdateEntityAsync(new TableEntity("p", "r") { ["N"] = 2 }, first);

        await FailsAsync(412, "UpdateConditionNotSatisfied", () => Table.UpdateEntityAsync(new TableEntity("p", "r") { ["N"] = 3 }, first));
        await FailsAsync(412, "UpdateConditionNotSatisfied", () => Table.DeleteEntityAsync("p", "r", first));
        await FailsAsync(404, "ResourceNotFound", () => Table.UpdateEntityAsync(new TableEntity("p", "x"), ETag.All));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.UpdateEntityAsync(new TableEntity("p", "r"), default));

        TableEntity read = await Table.GetEntityAsync<TableEntity>("p", "r");
        Assert.Equal((updated.Headers.ETag!.Value, (int?)2, "k"), (read.ETag, read.GetInt32("N"), read.GetString("Kept")));
        await Table.UpdateEntityAsync(new TableEntity("p", "r") { ["N"] = 4 }, ETag.All, TableUpdateMode.Replace);
        Assert.Null((await Table.GetEntityAsync<TableEntity>("p", "r")).Value.GetString("Kept"));
    }

    [Fact]
    public async Task An_upsert_inserts_merges_or_replaces()
    {
        await Table.UpsertEntityAsync(new TableEntity("p", "r") { ["A"] = 1 });
        await Table.UpsertEntityAsync(new TableEntity("p", "r") { ["B"] = 2 });
        TableEntity merged = await Table.GetEntityAsync<TableEntity>("p", "r");
        await Table.UpsertEntityAsync(new TableEntity("p", "r") { ["C"] = 3 }, TableUpdateMode.Replace);
        TableEntity replaced = await Table.GetEntityAsync<TableEntity>("p", "r");

        Assert.Equal((1, 2), (merged.GetInt32("A"), merged.GetInt32("B")));
        Assert.Equal((null, null, 3), (replaced.GetInt32("A"), replaced.GetInt32("B"), replaced.GetInt32("C")));
    }

    [Fact]
    public async Task What_is_absent_is_absent_without_an_exception_where_one_asks_for_that()
    {
        await FailsAsync(404, "ResourceNotFound", () => Table.GetEntityAsync<TableEntity>("p", "r"));
        var absent = await Table.GetEntityIfExistsAsync<TableEntity>("p", "r");

        Assert.False(absent.HasValue);
        Assert.Throws<InvalidOperationException>(() => absent.Value);
        Assert.Equal(404, absent.GetRawResponse().Status);
        Assert.Equal(404, (await Table.DeleteEntityAsync("p", "r")).Status);
    }

    [Fact]
    public async Task Only_the_columns_asked_for_are_read()
    {
        await Table.AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1, ["B"] = 2 });

        TableEntity read = await Table.GetEntityAsync<TableEntity>("p", "r", ["A"]);

        Assert.Equal((1, false), (read.GetInt32("A"), read.ContainsKey("B")));
    }

    [Fact]
    public void The_synchronous_members_do_the_same()
    {
        Table.AddEntity(new TableEntity("p", "r") { ["N"] = 1 });
        var etag = Table.UpsertEntity(new TableEntity("p", "r") { ["N"] = 2 }).Headers.ETag!.Value;
        Table.UpdateEntity(new TableEntity("p", "r") { ["N"] = 3 }, etag);
        Table.SubmitTransaction([new(TableTransactionActionType.Add, new TableEntity("p", "s"))]);

        Assert.Equal(3, Table.GetEntity<TableEntity>("p", "r").Value.GetInt32("N"));
        Assert.True(Table.GetEntityIfExists<TableEntity>("p", "s").HasValue);
        Assert.Equal(["r", "s"], Table.Query<TableEntity>().Select(entity => entity.RowKey));
        Table.DeleteEntity(new TableEntity("p", "r"));
        Assert.Single(Table.Query<TableEntity>(entity => entity.PartitionKey == "p"));
    }
}
