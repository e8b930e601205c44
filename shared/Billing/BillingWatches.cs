using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Billing;

/// <summary>A deployment that the payment provider is asked about, because something of it may change there.</summary>
/// <param name="DueAt">When it is asked next.</param>
/// <param name="OpenedAt">When a payment page was last asked for; null for never.</param>
/// <param name="Customer">Who pays, at the provider; null while not known.</param>
/// <param name="Sessions">Payment pages that were not seen closed, oldest first.</param>
public sealed record BillingWatch(
    string Account, string Deployment, DateTimeOffset DueAt, DateTimeOffset? OpenedAt, string? Customer, IReadOnlyList<string> Sessions)
{
    public ETag ETag { get; init; }
}

/// <summary>A row of the index by time.</summary>
public sealed record BillingDue(string Row, string Account, string Deployment);

/// <summary>Whom to ask about, and when. The watch is in the customer's partition, and a row of an index by time leads to it, so that
/// what is not due costs nothing. The index comes first and goes last: a crash leaves a row too many in it, which is dropped when it is
/// met.</summary>
public sealed class BillingWatches(Tables tables, TimeProvider clock)
{
    private const string Due = "due";
    private const string Healing = "healing";

    public async Task<BillingWatch?> FindAsync(string account, string deployment, CancellationToken ct) =>
        await tables.BillingWatches.FindAsync(account, deployment, ct) is { } row ? Read(row) : null;

    public async Task<IReadOnlySet<string>> OfAsync(string account, CancellationToken ct) =>
        await tables.BillingWatches
            .QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {account}"), select: ["RowKey"], cancellationToken: ct)
            .Select(row => row.RowKey)
            .ToHashSetAsync(cancellationToken: ct);

    /// <summary>What is due, longest first.</summary>
    public async Task<IReadOnlyList<BillingDue>> DueAsync(int max, CancellationToken ct) =>
        await tables.BillingWatches
            .QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {Due} and RowKey lt {Time(clock.GetUtcNow())}"), max,
                cancellationToken: ct)
            .Take(max)
            .Select(row => new BillingDue(row.RowKey, row.GetString("account"), row.GetString("deployment")))
            .ToListAsync(ct);

    /// <summary>Reads, changes and saves until no one else saved in between; <paramref name="change"/> gets null where there is no watch,
    /// and ends it by answering null.</summary>
    public async Task<BillingWatch?> ChangeAsync(
        string account, string deployment, Func<BillingWatch?, BillingWatch?> change, CancellationToken ct)
    {
        while (true)
        {
            var known = await FindAsync(account, deployment, ct);
            var changed = change(known);
            if (changed is not null)
            {
                await tables.BillingWatches.UpsertEntityAsync(Index(changed), TableUpdateMode.Replace, ct);
            }

            if (await TrySaveAsync(known, changed, ct))
            {
                if (known is not null && (changed is null || Row(changed) != Row(known)))
                {
                    await DropAsync(Row(known), ct);
                }

                return changed;
            }
        }
    }

    /// <summary>Makes sure that somebody looks, where rows were lost.</summary>
    public async Task EnsureAsync(string account, string deployment, CancellationToken ct)
    {
        if (await FindAsync(account, deployment, ct) is { } watch)
        {
            await tables.BillingWatches.UpsertEntityAsync(Index(watch), TableUpdateMode.Replace, ct);
            return;
        }

        var now = clock.GetUtcNow();
        await ChangeAsync(account, deployment, known => known ?? new(account, deployment, now, null, null, []), ct);
    }

    /// <summary>It is due now, whenever it would have been; a look that is on its way does not count as the one.</summary>
    public Task LookSoonAsync(string account, string deployment, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return ChangeAsync(
            account, deployment,
            known => known is null ? new(account, deployment, now, null, null, []) : known with { DueAt = now }, ct);
    }

    /// <summary>The watch that a row of the index leads to; null, and the row is gone, when it leads nowhere or too early.</summary>
    public async Task<BillingWatch?> FollowAsync(BillingDue due, CancellationToken ct)
    {
        var watch = await FindAsync(due.Account, due.Deployment, ct);
        if (watch is not null && Row(watch) == due.Row)
        {
            return watch;
        }

        if (watch is not null)
        {
            await tables.BillingWatches.UpsertEntityAsync(Index(watch), TableUpdateMode.Replace, ct);
        }

        await DropAsync(due.Row, ct);
        return null;
    }

    /// <summary>Where whoever goes through all subscriptions goes on; null for at the beginning.</summary>
    public async Task<string?> ContinuationAsync(CancellationToken ct) =>
        (await tables.BillingWatches.FindAsync(Healing, Healing, ct))?.GetString("continuation");

    public Task ContinueAsync(string? continuation, CancellationToken ct) => tables.BillingWatches.UpsertEntityAsync(
        new TableEntity(Healing, Healing) { ["continuation"] = continuation }, TableUpdateMode.Replace, ct);

    private Task DropAsync(string row, CancellationToken ct) => tables.BillingWatches.RemoveAsync(Due, row, ct);

    private async Task<bool> TrySaveAsync(BillingWatch? known, BillingWatch? changed, CancellationToken ct)
    {
        if (known is null)
        {
            return changed is null || await tables.BillingWatches.TryAddAsync(Write(changed), ct);
        }

        if (changed is not null)
        {
            return await tables.BillingWatches.TryReplaceAsync(Write(changed), known.ETag, ct);
        }

        try
        {
            await tables.BillingWatches.DeleteEntityAsync(known.Account, known.Deployment, known.ETag, ct);
            return true;
        }
        catch (RequestFailedException lost) when (lost.Status is 412 or 404)
        {
            return lost.Status is 404;
        }
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHHmmssfff", null);

    private static string Row(BillingWatch watch) => $"{Time(watch.DueAt)}-{watch.Deployment}";

    private static TableEntity Index(BillingWatch watch) => new(Due, Row(watch))
    {
        ["account"] = watch.Account,
        ["deployment"] = watch.Deployment,
    };

    private static TableEntity Write(BillingWatch watch) => new(watch.Account, watch.Deployment)
    {
        ["dueAt"] = watch.DueAt,
        ["openedAt"] = watch.OpenedAt,
        ["customer"] = watch.Customer,
        ["sessions"] = string.Join(' ', watch.Sessions),
    };

    private static BillingWatch Read(TableEntity row) => new(
        row.PartitionKey, row.RowKey, row.GetDateTimeOffset("dueAt")!.Value, row.GetDateTimeOffset("openedAt"), row.GetString("customer"),
        row.GetString("sessions").Split(' ', StringSplitOptions.RemoveEmptyEntries))
    {
        ETag = row.ETag,
    };
}
