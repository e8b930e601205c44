using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Health;

/// <summary>What nobody wants to be told for a while, because it is known: pages of one kind about one subject, those to come as well. They
/// stand where they stood; only the webhook is spared.</summary>
public sealed class PageSilences(Tables tables, TimeProvider clock)
{
    private const string Partition = "silence";
    private const int Max = 1_000;

    /// <param name="key">Of the page (<see cref="Pager.KeyOf"/>).</param>
    /// <param name="until">Null ends it.</param>
    /// <param name="by">Who wants that.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task SetAsync(string key, DateTimeOffset? until, string by, CancellationToken ct) => until is null
        ? tables.Pages.RemoveAsync(Partition, key, ct)
        : tables.Pages.UpsertEntityAsync(
            new TableEntity(Partition, key) { ["until"] = until, ["by"] = by }, TableUpdateMode.Replace, ct);

    /// <summary>Null when it is told.</summary>
    public async Task<DateTimeOffset?> UntilAsync(string key, CancellationToken ct) =>
        await tables.Pages.FindAsync(Partition, key, ct) is { } row && row.GetDateTimeOffset("until") is { } until && until > clock.GetUtcNow()
            ? until
            : null;

    /// <summary>All that there are, by the keys of their pages.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> AllAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await tables.Pages
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: ct).Take(Max)
            .Where(row => row.GetDateTimeOffset("until") > now)
            .ToDictionaryAsync(row => row.RowKey, row => row.GetDateTimeOffset("until")!.Value, cancellationToken: ct);
    }

    /// <summary>Those that have ended go.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var ended = tables.Pages.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and until le {now}"), cancellationToken: ct);
        await foreach (var row in ended)
        {
            await tables.Pages.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, ct);
        }
    }
}
