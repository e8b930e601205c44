using Azure;
using Azure.Data.Tables;
using Launchpad.Processes;

namespace Launchpad.Shared.Tests;

/// <summary>What the stores rely on of the official client and the service: who wins a race, what is written together, which keys are
/// found again.</summary>
[Collection(StorageCollection.Name)]
public sealed class TableServiceTests(Azurite azurite) : IAsyncLifetime
{
    private readonly TableClient _table =
        new TableServiceClient(azurite.ConnectionString).GetTableClient("t" + Guid.NewGuid().ToString("N"));

    public async Task InitializeAsync() => await _table.CreateAsync();

    public async Task DisposeAsync() => await _table.DeleteAsync();

    [Fact]
    public async Task An_update_needs_the_etag_of_what_it_read()
    {
        var first = (await _table.AddEntityAsync(new TableEntity("p", "r") { ["N"] = 1 })).Headers.ETag!.Value;
        await FailsAsync(409, "EntityAlreadyExists", () => _table.AddEntityAsync(new TableEntity("p", "r")));
        var second = (await _table.UpdateEntityAsync(new TableEntity("p", "r") { ["N"] = 2 }, first)).Headers.ETag!.Value;

        await FailsAsync(412, "UpdateConditionNotSatisfied", () => _table.UpdateEntityAsync(new TableEntity("p", "r"), first));
        await FailsAsync(412, "UpdateConditionNotSatisfied", () => _table.DeleteEntityAsync("p", "r", first));
        await FailsAsync(404, "ResourceNotFound", () => _table.UpdateEntityAsync(new TableEntity("p", "x"), ETag.All));

        TableEntity read = await _table.GetEntityAsync<TableEntity>("p", "r");
        Assert.Equal((second, 2), (read.ETag, read.GetInt32("N")));
    }

    [Fact]
    public async Task One_action_that_fails_undoes_the_whole_transaction_and_is_named()
    {
        var stale = (await _table.AddEntityAsync(new TableEntity("p", "there"))).Headers.ETag!.Value;
        await _table.UpsertEntityAsync(new TableEntity("p", "there"));

        var taken = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(
            [Add("a"), Add("there"), Add("b")]));
        var changed = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(
            [Add("a"), new(TableTransactionActionType.UpdateReplace, new TableEntity("p", "there"), stale)]));

        Assert.Equal((409, "EntityAlreadyExists", 1), (taken.Status, taken.ErrorCode, taken.FailedTransactionActionIndex));
        Assert.Equal((412, "UpdateConditionNotSatisfied", 1), (changed.Status, changed.ErrorCode, changed.FailedTransactionActionIndex));
        Assert.Single(await _table.QueryAsync<TableEntity>().ToListAsync());
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("o'neil' or RowKey ne '")]
    [InlineData("grün 漢字 🦞")]
    [InlineData("a&b=c;d+e$f,g:h@i!j")]
    [InlineData("--; $(touch x) `y` |")]
    [InlineData("<\">")]
    public async Task Any_key_is_found_again_and_is_never_part_of_a_filter(string key)
    {
        await _table.AddEntityAsync(new TableEntity(key, key));
        await _table.AddEntityAsync(new TableEntity("another", "row"));

        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {key} and RowKey eq {key}");
        var found = Assert.Single(await _table.QueryAsync<TableEntity>(filter).ToListAsync());
        await _table.DeleteEntityAsync(key, key, found.ETag);

        Assert.False((await _table.GetEntityIfExistsAsync<TableEntity>(key, key)).HasValue);
    }

    private static TableTransactionAction Add(string row) => new(TableTransactionActionType.Add, new TableEntity("p", row));

    private static async Task FailsAsync(int status, string code, Func<Task> call)
    {
        var failed = await Assert.ThrowsAnyAsync<RequestFailedException>(call);
        Assert.Equal((status, code), (failed.Status, failed.ErrorCode));
    }
}
