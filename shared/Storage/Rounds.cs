using Azure.Data.Tables;
using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Storage;

/// <summary>Rows of every shard that a sweep goes over.</summary>
/// <param name="Name">Under which its place is remembered.</param>
/// <param name="Partition">Before the number of the shard.</param>
/// <param name="From">Before the first key that belongs to it.</param>
/// <param name="To">After the last.</param>
/// <param name="ShardMax">Rows of one shard at a time, the first ones: only for rows that move behind others once they were looked at.</param>
/// <param name="Max">Rows of one sweep: what is left over comes first in the next.</param>
public sealed record Round(
    string Name, TableClient Table, string Partition = "", string From = "", string To = "~", int ShardMax = int.MaxValue, int Max = 2_000);

/// <summary>Goes over the rows of all shards, in a ring, from where the sweep before stopped. The place is written down before a page is
/// looked at, which is in no order: a row that ends the process, every time, keeps no other waiting for good. A row that throws is told and
/// left for the next sweep. Two sweeps at once look at some rows twice.</summary>
public sealed class Rounds(Tables tables, ILogger<Rounds> log)
{
    private const int PageMax = 100;
    private const int AtOnceMax = 8;
    private const string Place = "place";

    /// <returns>How many rows were looked at.</returns>
    public async Task<int> GoAsync(Round round, Func<TableEntity, CancellationToken, Task> look, CancellationToken ct)
    {
        var (first, after) = await PlaceAsync(round.Name, ct);
        var looked = 0;
        for (var step = 0; step <= Shards.Count && looked < round.Max; step++)
        {
            var shard = (first + step) % Shards.Count;
            // The ring ends in the part of the first shard that was skipped at the beginning.
            var from = step == 0 ? Later(after, round.From) : round.From;
            var to = step == Shards.Count ? Earlier(after + "!", round.To) : round.To;
            looked += await ShardAsync(round, shard, (from, to), Math.Min(round.ShardMax, round.Max - looked), look, ct);
        }

        return looked;
    }

    private async Task<int> ShardAsync(
        Round round, int shard, (string From, string To) keys, int max, Func<TableEntity, CancellationToken, Task> look,
        CancellationToken ct)
    {
        if (string.CompareOrdinal(keys.From, keys.To) >= 0)
        {
            return 0;
        }

        var partition = round.Partition + Shards.Key(shard);
        var rows = round.Table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {keys.From} and RowKey lt {keys.To}"),
            Math.Min(PageMax, max), cancellationToken: ct);
        var looked = 0;
        await foreach (var page in rows.AsPages())
        {
            if (page.Values.Count > 0)
            {
                var place = new TableEntity(round.Name, Place) { ["shard"] = shard, ["after"] = page.Values[^1].RowKey };
                await tables.Sweeps.UpsertEntityAsync(place, TableUpdateMode.Replace, ct);
            }

            await Parallel.ForEachAsync(
                page.Values.Shuffle(), new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = ct },
                (row, stop) => AloneAsync(round, row, look, stop));
            looked += page.Values.Count;
            if (looked >= max)
            {
                break;
            }
        }

        return looked;
    }

    private async ValueTask AloneAsync(Round round, TableEntity row, Func<TableEntity, CancellationToken, Task> look, CancellationToken ct)
    {
        try
        {
            await look(row, ct);
        }
        catch (Exception trouble) when (!ct.IsCancellationRequested)
        {
            log.LogError(trouble, "{Row} could not be looked after in {Round}", row.RowKey, round.Name);
        }
    }

    private async Task<(int Shard, string After)> PlaceAsync(string name, CancellationToken ct) =>
        await tables.Sweeps.FindAsync(name, Place, ct) is { } row
            ? (row.GetInt32("shard")!.Value % Shards.Count, row.GetString("after"))
            : (0, "");

    private static string Later(string one, string other) => string.CompareOrdinal(one, other) > 0 ? one : other;

    private static string Earlier(string one, string other) => string.CompareOrdinal(one, other) < 0 ? one : other;
}
