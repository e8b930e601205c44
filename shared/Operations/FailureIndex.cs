using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Operations;

/// <summary>Leads to operations that failed, whosever they are, the newest first. Operations lie by account, and failures are rare enough for
/// one partition. A row is written before the save that it leads to (ADR 23): whoever follows one looks whether it is true.</summary>
public sealed class FailureIndex(Tables tables)
{
    private const string Partition = "failures";

    /// <summary>A row this young may be of a save that is on its way.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <summary>How long an operator finds them here; the operations themselves stay.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(60);

    private readonly IndexRows index = new(tables);

    /// <param name="failed">As it is to be saved.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task AddAsync(Operation failed, CancellationToken ct) => tables.Index.UpsertEntityAsync(
        new TableEntity(Partition, Key(failed)) { ["account"] = failed.Account, ["operation"] = failed.Id }, TableUpdateMode.Replace, ct);

    /// <summary>What leads to some of them.</summary>
    /// <param name="after">The key that the page before ended with; empty for the first.</param>
    /// <param name="max">How many.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<IReadOnlyList<TableEntity>> PageAsync(string after, int max, CancellationToken ct) =>
        await index.Between(Partition, after + "!", "~", max, ct).Take(max).ToListAsync(ct);

    public static (string Account, string Operation) Of(TableEntity row) => (row.GetString("account"), row.GetString("operation"));

    /// <summary>True when the row leads to the operation as it is. One that does not goes.</summary>
    public async Task<bool> LeadsToAsync(TableEntity row, Operation? found, DateTimeOffset now, CancellationToken ct)
    {
        if (found is { Status: OperationStatus.Failed } && Key(found) == row.RowKey)
        {
            return true;
        }

        if (now - row.Timestamp > Settled)
        {
            await index.RemoveAsync(row, ct);
        }

        return false;
    }

    /// <summary>What is old goes.</summary>
    public Task<int> SweepAsync(DateTimeOffset now, CancellationToken ct) => tables.Index.RemoveAsync(
        TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {TableRows.Inverted((now - Kept).UtcTicks)}"), ct);

    private static string Key(Operation failed) => $"{TableRows.Inverted(failed.FinishedAt!.Value.UtcTicks)}-{failed.Id}";
}
