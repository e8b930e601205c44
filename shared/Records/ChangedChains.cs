using System.Collections.Concurrent;
using System.Globalization;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Records;

/// <summary>A chain that got rows on a day.</summary>
/// <param name="Account">Whose; what operators did is nobody's, and stands under the name of its chain.</param>
public sealed record ChangedChain(string Day, string Account, string Chain)
{
    private const char Between = '~';

    public string Key => $"{Day}{Between}{Account}{Between}{Chain}";

    public static ChangedChain Of(TableEntity row) =>
        row.RowKey.Split(Between) is [var day, var account, var chain] ? new(day, account, chain) : throw new InvalidOperationException(row.RowKey);

    public static string DayOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>What leads to the chains whose heads are to be signed: a row for each day on which one changed, written before its first row of that
/// day is. Nothing is read because it exists (ADR 23).</summary>
public sealed class ChangedChains(Tables tables)
{
    private const string Partition = "heads-";
    private const int KnownMax = 100_000;

    /// <summary>The day for which a chain has its row, as far as this process wrote it itself.</summary>
    private readonly ConcurrentDictionary<string, string> known = [];

    /// <param name="chain">That is about to change.</param>
    /// <param name="day">The day of its new rows.</param>
    /// <param name="account">Finds whose it is; null for nobody's, which no one could ask for.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task MarkAsync(string chain, string day, Func<Task<string?>> account, CancellationToken ct)
    {
        if (known.GetValueOrDefault(chain) == day)
        {
            return;
        }

        if (await account() is { } whose)
        {
            await MarkAsync(new(day, whose, chain), ct);
        }

        if (known.Count >= KnownMax)
        {
            known.Clear();
        }

        known[chain] = day;
    }

    public Task MarkAsync(ChangedChain changed, CancellationToken ct) => tables.Index.UpsertEntityAsync(
        new TableEntity(PartitionOf(changed.Account), changed.Key), TableUpdateMode.Replace, ct);

    /// <summary>Those of all days before one.</summary>
    public Round Before(string day) => new("heads", tables.Index, Partition, To: day);

    /// <summary>The chains of an account that changed on a day.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(string account, string day, int max, CancellationToken ct)
    {
        var prefix = new ChangedChain(day, account, "").Key;
        var rows = tables.Index.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {PartitionOf(account)} and RowKey gt {prefix} and RowKey lt {prefix + "~"}"), max, cancellationToken: ct);
        return await rows.Take(max).Select(row => ChangedChain.Of(row).Chain).ToListAsync(ct);
    }

    /// <summary>The oldest day that still waits; null when none does.</summary>
    public async Task<string?> OldestAsync(CancellationToken ct)
    {
        var days = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(async shard =>
            await tables.Index.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition + Shards.Key(shard)}"), 1, cancellationToken: ct)
                .Select(row => ChangedChain.Of(row).Day).FirstOrDefaultAsync(ct)));
        return days.OfType<string>().Min(StringComparer.Ordinal);
    }

    public Task RemoveAsync(TableEntity row, CancellationToken ct) => tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);

    private static string PartitionOf(string account) => Partition + Shards.KeyOf(account);
}
