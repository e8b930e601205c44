using Azure;
using Azure.Data.Tables;

namespace Launchpad.Shared.Storage;

/// <summary>Every table of the product. One account per partition wherever a customer reads.</summary>
public sealed class Tables(TableServiceClient service)
{
    private static readonly string[] Names =
    [
        "accounts", "emails", "sessions", "subscriptions", "billingevents", "billingwatches", "deployments", "configversions",
        "operations", "records", "vms", "secrets", "logs",
        "heartbeats", "conditions", "drift", "pages", "index", "sweeps", "backups", "backupclocks", "drills",
        "usualtimes", "idempotency", "operators", "findings", "usage", "members", "reviews", "attempts", "webhooks",
    ];

    public TableClient Accounts { get; } = service.GetTableClient("accounts");
    public TableClient Emails { get; } = service.GetTableClient("emails");
    public TableClient Sessions { get; } = service.GetTableClient("sessions");
    public TableClient Subscriptions { get; } = service.GetTableClient("subscriptions");
    public TableClient BillingEvents { get; } = service.GetTableClient("billingevents");
    public TableClient BillingWatches { get; } = service.GetTableClient("billingwatches");
    public TableClient Deployments { get; } = service.GetTableClient("deployments");
    public TableClient ConfigVersions { get; } = service.GetTableClient("configversions");
    public TableClient Operations { get; } = service.GetTableClient("operations");

    /// <summary>By deployment: the record, and the steps that it tells of, so that both are written in one transaction.</summary>
    public TableClient Records { get; } = service.GetTableClient("records");

    public TableClient Vms { get; } = service.GetTableClient("vms");
    public TableClient Secrets { get; } = service.GetTableClient("secrets");
    public TableClient Logs { get; } = service.GetTableClient("logs");
    public TableClient Heartbeats { get; } = service.GetTableClient("heartbeats");
    public TableClient Conditions { get; } = service.GetTableClient("conditions");
    public TableClient Drift { get; } = service.GetTableClient("drift");
    public TableClient Pages { get; } = service.GetTableClient("pages");

    public TableClient Backups { get; } = service.GetTableClient("backups");
    public TableClient BackupClocks { get; } = service.GetTableClient("backupclocks");
    public TableClient Drills { get; } = service.GetTableClient("drills");
    public TableClient Operators { get; } = service.GetTableClient("operators");
    public TableClient Findings { get; } = service.GetTableClient("findings");

    /// <summary>By kind of operation: how the last of them went.</summary>
    public TableClient UsualTimes { get; } = service.GetTableClient("usualtimes");

    /// <summary>By deployment: what it used, a row each step of a ring.</summary>
    public TableClient Usage { get; } = service.GetTableClient("usage");

    /// <summary>By account: who works in it, who was invited, and what its programs sign in with.</summary>
    public TableClient Members { get; } = service.GetTableClient("members");

    /// <summary>By account: why a person looks at its payments.</summary>
    public TableClient Reviews { get; } = service.GetTableClient("reviews");

    /// <summary>By account and by card: lately, with what it was tried to pay.</summary>
    public TableClient Attempts { get; } = service.GetTableClient("attempts");

    /// <summary>By account: where its events are sent, and what came of it.</summary>
    public TableClient Webhooks { get; } = service.GetTableClient("webhooks");

    /// <summary>By account: what was answered to requests that may come again.</summary>
    public TableClient Idempotency { get; } = service.GetTableClient("idempotency");

    /// <summary>What leads to rows that could not be found without reading all of them.</summary>
    public TableClient Index { get; } = service.GetTableClient("index");

    /// <summary>How far each sweep has come.</summary>
    public TableClient Sweeps { get; } = service.GetTableClient("sweeps");

    public IEnumerable<TableClient> All => Names.Select(service.GetTableClient);

    public Task CreateAllAsync(CancellationToken ct) =>
        Task.WhenAll(All.Select(table => table.CreateIfNotExistsAsync(ct)));
}

/// <summary>How stores read a row that may be absent and tell a lost race from a fault.</summary>
public static class TableRows
{
    private const int TransactionMax = 100;

    public static async Task<TableEntity?> FindAsync(this TableClient table, string partition, string row, CancellationToken ct)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: ct);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>False when a row of that key exists already.</summary>
    public static async Task<bool> TryAddAsync(this TableClient table, TableEntity entity, CancellationToken ct)
    {
        try
        {
            await table.AddEntityAsync(entity, ct);
            return true;
        }
        catch (RequestFailedException taken) when (taken.Status == 409)
        {
            return false;
        }
    }

    /// <summary>False when the row changed, or went, since <paramref name="etag"/> was read.</summary>
    public static async Task<bool> TryReplaceAsync(this TableClient table, TableEntity entity, ETag etag, CancellationToken ct)
    {
        try
        {
            await table.UpdateEntityAsync(entity, etag, TableUpdateMode.Replace, ct);
            return true;
        }
        catch (RequestFailedException lost) when (lost.Status is 412 or 404)
        {
            return false;
        }
    }

    public static async Task RemoveAsync(this TableClient table, string partition, string row, CancellationToken ct)
    {
        try
        {
            await table.DeleteEntityAsync(partition, row, ETag.All, ct);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            // Already removed: the caller wanted it absent, and it is.
        }
    }

    public static Task<int> RemovePartitionAsync(this TableClient table, string partition, CancellationToken ct) =>
        table.RemoveAsync(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), ct);

    /// <param name="table">Of the rows.</param>
    /// <param name="partition">A filter that keeps to one partition.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>How many went.</returns>
    public static async Task<int> RemoveAsync(this TableClient table, string partition, CancellationToken ct)
    {
        var removed = 0;
        await foreach (var page in table.QueryAsync<TableEntity>(partition, TransactionMax, ["PartitionKey", "RowKey"], ct).AsPages())
        {
            foreach (var rows in page.Values.Chunk(TransactionMax))
            {
                try
                {
                    await table.SubmitTransactionAsync(
                        rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)), ct);
                }
                catch (TableTransactionFailedException gone) when (gone.Status == 404)
                {
                    // Somebody removes them as well.
                    foreach (var row in rows)
                    {
                        await table.RemoveAsync(row.PartitionKey, row.RowKey, ct);
                    }
                }

                removed += rows.Length;
            }
        }

        return removed;
    }

    /// <summary>Rows sort by name; numbers counted down from the maximum sort newest first.</summary>
    public static string Inverted(long number) => (long.MaxValue - number).ToString("D19");
}
