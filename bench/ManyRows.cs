using Azure.Data.Tables;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Storage;

namespace Launchpad.Bench;

/// <summary>What an account has that is used much, written straight into the tables: copies of what the product wrote.</summary>
internal sealed class ManyRows(Tables tables)
{
    private const int TransactionMax = 100;
    private static readonly string[] Words = ["listening", "answered", "a message", "the model", "took", "retry", "channel", "ready", "session", "42 ms"];

    public Task WriteLinesAsync(string deployment, int lines)
    {
        var now = DateTimeOffset.UtcNow;
        return WriteAsync(tables.Logs, Enumerable.Range(0, lines).Select(line =>
        {
            var at = now.AddSeconds(-line);
            return new TableEntity(deployment, $"{TableRows.Inverted(at.UtcTicks)}-{line:x8}")
            {
                ["at"] = at,
                ["stream"] = line % 7 == 0 ? "stderr" : "stdout",
                ["text"] = string.Join(' ', Enumerable.Range(0, 6 + (line % 9)).Select(word => Words[((line * 7) + (word * 3)) % Words.Length])),
            };
        }));
    }

    /// <summary>Each copy has a subscription of its own.</summary>
    public async Task CopyAsync(string deployment, string account, int copies)
    {
        var row = await tables.Deployments.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {deployment}")).FirstAsync();
        var paid = await tables.Subscriptions.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"deployment eq {deployment}")).FirstAsync();
        await WriteAsync(tables.Deployments, Enumerable.Range(0, copies).Select(copy => new TableEntity(row)
        {
            PartitionKey = account,
            RowKey = IdOf(copy),
            ["slug"] = $"copy-{copy}",
            // On no machine, so that nobody looks for it there.
            ["vm"] = null,
            ["subscription"] = $"{paid.RowKey}{copy}",
        }));
        await WriteAsync(tables.Subscriptions, Enumerable.Range(0, copies).Select(copy => new TableEntity(paid)
        {
            PartitionKey = account,
            RowKey = $"{paid.RowKey}{copy}",
            ["deployment"] = IdOf(copy),
        }));
    }

    public Task ReadOneAsync(string account, int copy) => tables.Deployments.GetEntityAsync<TableEntity>(account, IdOf(copy));

    private static string IdOf(int copy) => $"dep_01ARZ3NDEKTSV4RRFFQ6{copy:D6}";

    private static async Task WriteAsync(TableClient table, IEnumerable<TableEntity> rows)
    {
        foreach (var some in rows.Chunk(TransactionMax))
        {
            await table.SubmitTransactionAsync(some.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)));
        }
    }
}
