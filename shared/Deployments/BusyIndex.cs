using Azure.Data.Tables;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Deployments;

/// <summary>Leads to every deployment that an operation holds or left something to do for, whoever owns it. Deployments lie by account, so
/// these rows lie in shards of their own.</summary>
internal sealed class BusyIndex(Tables tables)
{
    public const string Partition = "busy-";

    private readonly IndexRows index = new(tables);

    /// <param name="deployment">As it is to be saved.</param>
    /// <param name="save">Saves it by compare-and-set.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task<bool> SaveAsync(Deployment deployment, Func<Task<bool>> save, CancellationToken ct) => deployment.IsBusy
        ? index.SaveAsync([Row(deployment)], [], save, ct)
        : index.SaveAsync([], [KeyOf(deployment.Id)], save, ct);

    /// <summary>What leads to deployments, whether they are busy or were a moment ago.</summary>
    /// <param name="kind">Of the operation that holds them; null for any.</param>
    public IAsyncEnumerable<TableEntity> RowsAsync(OperationKind? kind, CancellationToken ct)
    {
        var (from, to) = (Partition, Partition + "~");
        var filter = kind is { } one
            ? TableClient.CreateQueryFilter($"PartitionKey ge {from} and PartitionKey lt {to} and kind eq {one.ToString()}")
            : TableClient.CreateQueryFilter($"PartitionKey ge {from} and PartitionKey lt {to}");
        return tables.Index.QueryAsync<TableEntity>(filter, cancellationToken: ct);
    }

    /// <summary>What leads to them in one shard and those after it.</summary>
    /// <param name="shard">The first.</param>
    /// <param name="after">The last row of that shard that is known; empty for none.</param>
    /// <param name="ct">Stops the wait.</param>
    public IAsyncEnumerable<TableEntity> RowsAsync(int shard, string after, CancellationToken ct)
    {
        var (first, end) = (Partition + Shards.Key(shard), Partition + "~");
        // Not by the row's key too: with an "or" Azure reads the whole table.
        return tables.Index
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey ge {first} and PartitionKey lt {end}"), cancellationToken: ct)
            .Where(row => row.PartitionKey != first || string.CompareOrdinal(row.RowKey, after) > 0);
    }

    public Task RemoveAsync(TableEntity row, CancellationToken ct) => index.RemoveAsync(row, ct);

    public Task<bool> HasAsync(string deployment, CancellationToken ct) => index.HasAsync(KeyOf(deployment), ct);

    public static string AccountOf(TableEntity row) => row.GetString("account");

    private static IndexKey KeyOf(string deployment) => new(Partition + Shards.KeyOf(deployment), deployment);

    private static TableEntity Row(Deployment deployment)
    {
        var key = KeyOf(deployment.Id);
        return new(key.Partition, key.Row) { ["account"] = deployment.Account, ["kind"] = deployment.Operation?.Kind.ToString() };
    }
}
