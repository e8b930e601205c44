using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;

namespace Launchpad.Shared.Storage;

/// <summary>Rows that lead to others, which nobody could find without reading all of them. They lie in another partition than what they
/// lead to, so no transaction holds the two together: an index row is written before the save that needs it, and taken away after the save
/// that does not, if nobody wrote it anew meanwhile. A crash leaves one too many, never one too few; whoever follows one looks whether it
/// is still true.</summary>
public sealed class IndexRows(Tables tables)
{
    private static readonly Counter<long> Healed = Telemetry.Meter.CreateCounter<long>(
        "launchpad.index.healed", "{row}", "Index rows that were missing, or led nowhere, and were put right.");

    /// <param name="leading">The rows that have to be there once it is saved.</param>
    /// <param name="outdated">Those that have not: only the ones that are as old as this call are taken away.</param>
    /// <param name="save">Compare-and-set of what they lead to: whoever read it before has lost, and writes its rows again.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>What <paramref name="save"/> returned.</returns>
    public async Task<bool> SaveAsync(
        IEnumerable<TableEntity> leading, IEnumerable<IndexKey> outdated, Func<Task<bool>> save, CancellationToken ct)
    {
        var going = new List<TableEntity>();
        foreach (var key in outdated)
        {
            if (await tables.Index.FindAsync(key.Partition, key.Row, ct) is { } row)
            {
                going.Add(row);
            }
        }

        foreach (var row in leading)
        {
            await tables.Index.UpsertEntityAsync(row, TableUpdateMode.Replace, ct);
        }

        if (!await save())
        {
            return false;
        }

        foreach (var row in going)
        {
            await RemoveAsync(row, ct);
        }

        return true;
    }

    /// <summary>Unless it was written anew since it was read.</summary>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        try
        {
            await tables.Index.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, ct);
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            // Somebody needs it again, or it went already.
        }
    }

    /// <summary>Rows of one partition in order, whose keys are between the two.</summary>
    public IAsyncEnumerable<TableEntity> Between(string partition, string from, string to, int pageMax, CancellationToken ct) =>
        tables.Index.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {from} and RowKey lt {to}"), pageMax,
            cancellationToken: ct);

    public async Task<bool> HasAsync(IndexKey key, CancellationToken ct) =>
        await tables.Index.FindAsync(key.Partition, key.Row, ct) is not null;

    /// <summary>Counts what should never have to be done.</summary>
    /// <param name="what">Of ours, a few: `busy-missing`, `free-superfluous`.</param>
    public static void CountHealed(string what) => Healed.Add(1, new KeyValuePair<string, object?>("launchpad.index", what));
}

/// <summary>Where an index row is.</summary>
public sealed record IndexKey(string Partition, string Row);

/// <summary>Spreads rows over partitions by a hash of an id, so that a sweep reads few rows at a time and no partition gets hot.</summary>
public static class Shards
{
    public const int Count = 32;

    public static int Of(string id) => SHA256.HashData(Encoding.UTF8.GetBytes(id))[0] % Count;

    public static string Key(int shard) => shard.ToString("D2");

    public static string KeyOf(string id) => Key(Of(id));
}
