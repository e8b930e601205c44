using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Billing;

/// <summary>Subscriptions by account. A change is kept in the row until it is recorded, so that a crash between the two loses nothing.
/// </summary>
public sealed class SubscriptionStore(Tables tables, RecordStore records)
{
    private const int PageMax = 500;
    private const string Actor = "payment";

    /// <returns>What is stored now: what was given, unless something newer was there, and an end, which nothing follows on.</returns>
    public async Task<Subscription> SaveAsync(Subscription subscription, CancellationToken ct)
    {
        while (true)
        {
            var row = await tables.Subscriptions.FindAsync(subscription.Account, subscription.Id, ct);
            var known = row is null ? null : Read(row);
            if (known is not null && !subscription.Replaces(known))
            {
                await RecordAsync(known, ct);
                return known;
            }

            var saved = After(known, subscription);
            if (known is not null && saved.LastChange != known.LastChange)
            {
                await RecordAsync(known, ct);
            }

            if (row is null
                ? await tables.Subscriptions.TryAddAsync(Write(saved), ct)
                : await tables.Subscriptions.TryReplaceAsync(Write(saved), row.ETag, ct))
            {
                await RecordAsync(saved, ct);
                return saved;
            }
        }
    }

    /// <summary>Refunds only ever become more.</summary>
    public async Task SaveAsync(Subscription subscription, Refunded refunded, CancellationToken ct)
    {
        while (await tables.Subscriptions.FindAsync(subscription.Account, subscription.Id, ct) is { } row
            && Read(row) is var known && known.Refunded.AmountCents < refunded.AmountCents
            && !await tables.Subscriptions.TryReplaceAsync(Write(known with { Refunded = refunded }), row.ETag, ct))
        {
        }
    }

    /// <summary>Nothing of it can be paid any more.</summary>
    public async Task CloseAsync(Subscription ended, CancellationToken ct)
    {
        while (await tables.Subscriptions.FindAsync(ended.Account, ended.Id, ct) is { } row
            && Read(row) is { IsEnded: true, IsClosed: false } known
            && !await tables.Subscriptions.TryReplaceAsync(Write(known with { IsClosed = true }), row.ETag, ct))
        {
        }
    }

    /// <summary>Each dispute is kept, and of each the latest word.</summary>
    /// <returns>As it is now; null when there is no such subscription.</returns>
    public async Task<Subscription?> SaveAsync(string account, string id, DisputeState dispute, CancellationToken ct)
    {
        while (await tables.Subscriptions.FindAsync(account, id, ct) is { } row)
        {
            var known = Read(row);
            if (known.Disputes.Any(before => before.Id == dispute.Id && before.AsOf >= dispute.AsOf))
            {
                return known;
            }

            var saved = known with { Disputes = [.. known.Disputes.Where(before => before.Id != dispute.Id), dispute] };
            if (await tables.Subscriptions.TryReplaceAsync(Write(saved), row.ETag, ct))
            {
                return saved;
            }
        }

        return null;
    }

    /// <summary>Every subscription that was ever taken for the deployment; more than one only after a payment was repeated.</summary>
    public Task<IReadOnlyList<Subscription>> OfAsync(string account, string deployment, CancellationToken ct) =>
        FindAsync(TableClient.CreateQueryFilter($"PartitionKey eq {account} and deployment eq {deployment}"), ct);

    /// <summary>All that the account has, if that is not much; null when it is.</summary>
    public async Task<IReadOnlyList<Subscription>?> OfSmallAsync(string account, int max, CancellationToken ct)
    {
        var rows = tables.Subscriptions.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {account}"), max, cancellationToken: ct);
        await foreach (var page in rows.AsPages(pageSizeHint: max))
        {
            return page.ContinuationToken is null ? [.. page.Values.Select(Read)] : null;
        }

        return [];
    }

    /// <summary>The id of the one that the account began with; null where there was none. One of which it was not kept when it began is older
    /// than all others.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="counts">False for one, by its id and its deployment, that is as if it had never been; null where all count.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<string?> FirstAsync(string account, Func<string, string, bool>? counts, CancellationToken ct) =>
        (await tables.Subscriptions
            .QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {account} and status ne {Subscription.Missing}"),
                select: ["RowKey", "startedAt", "deployment"], cancellationToken: ct)
            .Where(row => counts?.Invoke(row.RowKey, row.GetString("deployment")) is not false)
            .ToListAsync(ct))
        .OrderBy(row => row.GetDateTimeOffset("startedAt") ?? DateTimeOffset.MinValue).ThenBy(row => row.RowKey, StringComparer.Ordinal)
        .FirstOrDefault()?.RowKey;

    /// <summary>Who pays for what the account has, at the provider; null while nothing was paid.</summary>
    public async Task<string?> CustomerAsync(string account, CancellationToken ct) =>
        await tables.Subscriptions
            .QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {account} and customer ge ''"), select: ["customer"], cancellationToken: ct)
            .Select(row => row.GetString("customer"))
            .FirstOrDefaultAsync(ct);

    public async Task<Subscription?> FindAsync(string account, string id, CancellationToken ct) =>
        await tables.Subscriptions.FindAsync(account, id, ct) is { } row ? Read(row) : null;

    /// <summary>Some of all accounts' subscriptions, and where to go on; null at the end.</summary>
    public async Task<(IReadOnlyList<Subscription> Items, string? Next)> ListAsync(string? continuation, CancellationToken ct)
    {
        await foreach (var page in tables.Subscriptions.QueryAsync<TableEntity>(maxPerPage: PageMax, cancellationToken: ct)
            .AsPages(continuation, PageMax))
        {
            return ([.. page.Values.Select(Read)], page.ContinuationToken);
        }

        return ([], null);
    }

    private async Task<IReadOnlyList<Subscription>> FindAsync(string filter, CancellationToken ct) =>
        await tables.Subscriptions.QueryAsync<TableEntity>(filter, cancellationToken: ct).Select(Read).ToListAsync(ct);

    private static Subscription After(Subscription? known, Subscription said) => said with
    {
        Refunded = known?.Refunded ?? said.Refunded,
        Disputes = known?.Disputes ?? said.Disputes,
        EndedAt = said.IsEnded ? said.EndedAt : null,
        IsClosed = said.IsEnded && known?.IsClosed == true,
        LastChange = known is not null && !said.Differs(known)
            ? known.LastChange
            : new((known?.LastChange?.Number ?? -1) + 1, known?.State.Wire()),
    };

    // Its first payment is recorded by whoever takes it.
    private async Task RecordAsync(Subscription now, CancellationToken ct)
    {
        if (now.LastChange is not { } change || (change.From is null && !now.IsEnded))
        {
            return;
        }

        var entry = Recorder.Action(Actor, "billing", new
        {
            subscription = now.Id,
            change.From,
            to = now.State.Wire(),
            now.Plan,
            now.CancelAtPeriodEnd,
            now.PaidUntil,
        });
        if (await records.AppendOnceAsync(now.Deployment, $"billing-{now.Id}-{change.Number}", [entry with { Account = now.Account }], ct))
        {
            BillingMetrics.Changed(now.State);
        }
    }

    private static TableEntity Write(Subscription subscription) => new(subscription.Account, subscription.Id)
    {
        ["deployment"] = subscription.Deployment,
        ["plan"] = subscription.Plan,
        ["status"] = subscription.Status,
        ["asOf"] = subscription.AsOf,
        ["paidUntil"] = subscription.PaidUntil,
        ["cancelAtPeriodEnd"] = subscription.CancelAtPeriodEnd,
        ["customer"] = subscription.Customer,
        ["startedAt"] = subscription.StartedAt,
        ["priceCents"] = subscription.Price?.Cents,
        ["priceCurrency"] = subscription.Price?.Currency,
        ["refundedCents"] = subscription.Refunded.AmountCents,
        ["refundedCurrency"] = subscription.Refunded.Currency,
        ["disputes"] = subscription.Disputes is { Count: > 0 } disputes ? JsonSerializer.Serialize(disputes, JsonSerializerOptions.Web) : null,
        ["endedAt"] = subscription.EndedAt,
        ["closed"] = subscription.IsClosed,
        ["change"] = subscription.LastChange?.Number,
        ["changedFrom"] = subscription.LastChange?.From,
    };

    private static Subscription Read(TableEntity row) => new(
        row.PartitionKey, row.RowKey, row.GetString("deployment"), row.GetString("plan"), row.GetString("status"),
        row.GetDateTimeOffset("asOf")!.Value, row.GetDateTimeOffset("paidUntil"), row.GetBoolean("cancelAtPeriodEnd") ?? false,
        row.GetString("customer"), row.GetInt64("priceCents") is { } cents ? new(cents, row.GetString("priceCurrency")) : null)
    {
        StartedAt = row.GetDateTimeOffset("startedAt"),
        Refunded = new(row.GetInt64("refundedCents") ?? 0, row.GetString("refundedCurrency") ?? ""),
        Disputes = Disputes(row),
        EndedAt = row.GetDateTimeOffset("endedAt"),
        IsClosed = row.GetBoolean("closed") ?? false,
        LastChange = new(row.GetInt32("change") ?? 0, row.GetString("changedFrom")),
    };

    /// <summary>Rows of before kept the newest alone.</summary>
    private static DisputeState[] Disputes(TableEntity row) =>
        row.GetString("disputes") is { } all ? JsonSerializer.Deserialize<DisputeState[]>(all, JsonSerializerOptions.Web)!
        : row.GetString("dispute") is { } one ? [JsonSerializer.Deserialize<DisputeState>(one, JsonSerializerOptions.Web)!]
        : [];
}
