using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Deployments;

/// <summary>Deployments by account. Every save names the ETag it was read with; a lost race is a false, never an overwrite. A change of
/// status is kept in the row until it is recorded, so that a crash between the two loses nothing.</summary>
public sealed class DeploymentStore(Tables tables, RecordStore records)
{
    private const int PageMax = 100;

    /// <summary>An index row this young may be of a save that is on its way.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private readonly BusyIndex busy = new(tables);

    public async Task AddAsync(Deployment deployment, CancellationToken ct)
    {
        var added = Changed(deployment);
        await busy.SaveAsync(
            added,
            async () =>
            {
                await tables.Deployments.AddEntityAsync(Write(added), ct);
                return true;
            },
            ct);
        await RecordAsync(added, ct);
    }

    public async Task<Deployment?> FindAsync(string account, string id, CancellationToken ct) =>
        await tables.Deployments.FindAsync(account, id, ct) is { } row ? Read(row) : null;

    public async Task<Deployment> GetAsync(string account, string id, CancellationToken ct) =>
        await FindAsync(account, id, ct)
        ?? throw new PermanentException("deployment-gone", $"The deployment {id} does not exist any more.");

    public async Task<bool> TrySaveAsync(Deployment deployment, CancellationToken ct)
    {
        var changed = Changed(deployment);
        if (changed == deployment)
        {
            return await TryReplaceAsync(deployment, deployment.ETag, ct);
        }

        await RecordAsync(deployment, ct);
        var saved = await TryReplaceAsync(changed, deployment.ETag, ct);
        if (saved)
        {
            await RecordAsync(changed, ct);
        }

        return saved;
    }

    /// <summary>Makes sure that the last change of the status is in the record: whoever made it may have died before that.</summary>
    public Task RecordAsync(Deployment deployment, CancellationToken ct) => deployment.LastChange is { } change
        ? records.AppendOnceAsync(deployment.Id, $"status-{change.Number}", [.. StatusEntries.Of(deployment, change)], ct)
        : Task.CompletedTask;

    /// <summary>Reads, changes and saves until no one else saved in between; <paramref name="change"/> returns null to leave it as it
    /// is.</summary>
    public async Task<Deployment> ChangeAsync(string account, string id, Func<Deployment, Deployment?> change, CancellationToken ct)
    {
        while (true)
        {
            var current = await GetAsync(account, id, ct);
            if (change(current) is not { } changed || changed == current)
            {
                await RecordAsync(current, ct);
                return current;
            }

            if (await TrySaveAsync(changed, ct))
            {
                return changed;
            }
        }
    }

    /// <exception cref="PermanentException">When another operation took it over, or a person wants this one to stop.</exception>
    public static Deployment HeldBy(Deployment deployment, string operation) => EnsureHeld(deployment, operation) is { Operation.Cancelled: true }
        ? throw Cancelled()
        : deployment;

    /// <summary>What an operation fails with that somebody stopped.</summary>
    public static PermanentException Cancelled() => new("cancelled", "It was cancelled.");

    /// <summary>For what takes back: it goes on also when the operation was cancelled.</summary>
    public static Deployment EnsureHeld(Deployment deployment, string operation) =>
        deployment.Operation?.Id == operation
            ? deployment
            : throw new NotHeldException();

    /// <summary>Only an order that nothing was ever done for is removed; everything else is terminated and kept.</summary>
    public Task RemoveAsync(string account, string id, CancellationToken ct) => tables.Deployments.RemoveAsync(account, id, ct);

    /// <summary>All of them, oldest first, at most 100 a page.</summary>
    public Task<(IReadOnlyList<Deployment> Items, string? Next)> ListAsync(string account, string? after, CancellationToken ct) =>
        ListAsync(account, after, isLiving: false, ct);

    /// <param name="account">Whose.</param>
    /// <param name="after">The last one that is known; null to begin.</param>
    /// <param name="isLiving">Only those that were not deleted.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>The last of them, where there are more.</returns>
    public async Task<(IReadOnlyList<Deployment> Items, string? Next)> ListAsync(string account, string? after, bool isLiving, CancellationToken ct)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {account}")
            + (after is null ? "" : TableClient.CreateQueryFilter($" and RowKey gt {after}"))
            + (isLiving ? TableClient.CreateQueryFilter($" and status ne {DeploymentStatus.Terminated.Wire()}") : "");
        var rows = tables.Deployments.QueryAsync<TableEntity>(filter, PageMax, cancellationToken: ct);
        var items = new List<Deployment>();
        // The service may answer with fewer than it was asked for, or none, and have more.
        await foreach (var page in rows.AsPages(pageSizeHint: PageMax))
        {
            items.AddRange(page.Values.Select(Read));
            if (items.Count >= PageMax)
            {
                var isMore = items.Count > PageMax || page.ContinuationToken is not null;
                return ([.. items.Take(PageMax)], isMore ? items[PageMax - 1].Id : null);
            }
        }

        return (items, null);
    }

    public async Task<int> CountLiveAsync(string account, CancellationToken ct)
    {
        var live = TableClient.CreateQueryFilter($"PartitionKey eq {account} and status ne {DeploymentStatus.Terminated.Wire()}");
        return await tables.Deployments.QueryAsync<TableEntity>(live, PageMax, ["RowKey"], ct).CountAsync(ct);
    }

    /// <summary>Every deployment that an operation holds or left something to do for, whoever owns it.</summary>
    /// <param name="kind">Of the operation; null for any.</param>
    /// <param name="ct">Stops the wait.</param>
    public IAsyncEnumerable<Deployment> BusyAsync(OperationKind? kind, CancellationToken ct) =>
        busy.RowsAsync(kind, ct)
            .Select(async (TableEntity row, CancellationToken stop) => await FindAsync(BusyIndex.AccountOf(row), row.RowKey, stop))
            .Where(found => found is { IsBusy: true })
            .Select(found => found!);

    /// <summary>What leads to some of those, in the order of shards: for <see cref="FollowAsync"/>.</summary>
    /// <param name="after">The last deployment that is known; null for none.</param>
    /// <param name="max">How many rows.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<IReadOnlyList<TableEntity>> BusyRowsAsync(string? after, int max, CancellationToken ct) =>
        await busy.RowsAsync(after is null ? 0 : Shards.Of(after), after ?? "", ct).Take(max).ToListAsync(ct);

    /// <summary>What leads to all of those, in shards: for <see cref="FollowAsync"/>.</summary>
    public Round BusyRound() => new("operations", tables.Index, BusyIndex.Partition);

    /// <summary>The deployment that an index row leads to, if there is something to do for it. A row that leads to none any more goes: a
    /// save of a free deployment takes its row along.</summary>
    public async Task<Deployment?> FollowAsync(TableEntity row, DateTimeOffset now, CancellationToken ct)
    {
        var deployment = await FindAsync(BusyIndex.AccountOf(row), row.RowKey, ct);
        if (deployment is { IsBusy: true })
        {
            return deployment;
        }

        if (now - row.Timestamp > Settled)
        {
            IndexRows.CountHealed("busy-superfluous");
            await (deployment is null ? busy.RemoveAsync(row, ct) : TrySaveAsync(deployment, ct));
        }

        return null;
    }

    /// <summary>Writes the index row of a deployment that has none though it is busy. True when that was so.</summary>
    public async Task<bool> HealAsync(string account, string id, CancellationToken ct)
    {
        if (await busy.HasAsync(id, ct) || await FindAsync(account, id, ct) is not { IsBusy: true } lost)
        {
            return false;
        }

        // Nothing but the row is written: whoever works on the deployment is not disturbed.
        return await busy.SaveAsync(lost, () => Task.FromResult(true), ct);
    }

    private Task<bool> TryReplaceAsync(Deployment deployment, ETag read, CancellationToken ct) =>
        busy.SaveAsync(deployment, () => tables.Deployments.TryReplaceAsync(Write(deployment), read, ct), ct);

    private Deployment Changed(Deployment deployment)
    {
        var last = deployment.LastChange;
        return last?.To == deployment.Status
            ? deployment
            : deployment with { LastChange = new((last?.Number ?? -1) + 1, last?.To, deployment.Status, deployment.LastOperation, records.Now) };
    }

    private static TableEntity Write(Deployment deployment) => new(deployment.Account, deployment.Id)
    {
        ["name"] = deployment.Name,
        ["slug"] = deployment.Slug,
        ["plan"] = deployment.Plan,
        ["settings"] = JsonSerializer.Serialize(deployment.Settings, JsonSerializerOptions.Web),
        ["createdAt"] = deployment.CreatedAt,
        ["status"] = deployment.Status.Wire(),
        ["origin"] = deployment.Origin is { } origin ? JsonSerializer.Serialize(origin, JsonSerializerOptions.Web) : null,
        ["subscription"] = deployment.Subscription,
        ["formerSubscriptions"] = deployment.FormerSubscriptions is { Count: > 0 } former ? string.Join(' ', former) : null,
        ["ladder"] = deployment.Ladder is { } ladder ? JsonSerializer.Serialize(ladder, JsonSerializerOptions.Web) : null,
        ["heldSince"] = deployment.HeldSince,
        ["vm"] = deployment.Vm,
        ["destination"] = deployment.Destination,
        ["needsData"] = deployment.NeedsData,
        ["owesData"] = deployment.OwesData,
        ["activeVersion"] = deployment.ActiveVersion,
        ["lastKnownGood"] = deployment.LastKnownGood,
        ["previousGood"] = deployment.PreviousGood,
        ["failedRollouts"] = deployment.FailedRollouts,
        ["channel"] = deployment.Channel,
        ["pinned"] = deployment.Pinned,
        ["lastOperation"] = deployment.LastOperation,
        ["change"] = deployment.LastChange?.Number,
        ["changedFrom"] = deployment.LastChange?.From?.Wire(),
        ["changedBy"] = deployment.LastChange?.Operation,
        ["changedAt"] = deployment.LastChange?.At,
        ["operation"] = deployment.Operation?.Id ?? "",
        ["operationKind"] = deployment.Operation?.Kind.ToString(),
        ["operationSince"] = deployment.Operation?.Since,
        ["operationBy"] = deployment.Operation?.By,
        ["operationCancelled"] = deployment.Operation?.Cancelled,
        ["operationDecision"] = deployment.Operation?.Decision?.ToString(),
        ["operationUntil"] = deployment.Operation?.Until,
        ["ending"] = deployment.Ending is { } ending ? JsonSerializer.Serialize(ending, JsonSerializerOptions.Web) : "",
    };

    private static Deployment Read(TableEntity row) => new()
    {
        Account = row.PartitionKey,
        Id = row.RowKey,
        Name = row.GetString("name"),
        Slug = row.GetString("slug"),
        Plan = row.GetString("plan"),
        Settings = JsonSerializer.Deserialize<BotSettings>(row.GetString("settings"), JsonSerializerOptions.Web)!,
        CreatedAt = row.GetDateTimeOffset("createdAt")!.Value,
        Status = Status(row),
        Origin = row.GetString("origin") is { } origin ? JsonSerializer.Deserialize<BackupRef>(origin, JsonSerializerOptions.Web) : null,
        Subscription = row.GetString("subscription"),
        FormerSubscriptions = row.GetString("formerSubscriptions")?.Split(' ') ?? [],
        Ladder = Ladder(row),
        HeldSince = row.GetDateTimeOffset("heldSince"),
        Vm = row.GetString("vm"),
        Destination = row.GetString("destination"),
        NeedsData = row.GetBoolean("needsData") ?? false,
        OwesData = row.GetBoolean("owesData") ?? false,
        ActiveVersion = row.GetInt32("activeVersion"),
        LastKnownGood = row.GetInt32("lastKnownGood"),
        PreviousGood = row.GetInt32("previousGood"),
        FailedRollouts = row.GetInt32("failedRollouts") ?? 0,
        Channel = row.GetString("channel"),
        Pinned = row.GetBoolean("pinned") ?? false,
        LastOperation = row.GetString("lastOperation"),
        LastChange = new(row.GetInt32("change") ?? 0, From(row.GetString("changedFrom")), Status(row), row.GetString("changedBy"),
            row.GetDateTimeOffset("changedAt")),
        Operation = row.GetString("operation") is { Length: > 0 } operation
            ? new(operation, Enum.Parse<OperationKind>(row.GetString("operationKind")), row.GetDateTimeOffset("operationSince")!.Value,
                row.GetString("operationBy"), row.GetBoolean("operationCancelled") ?? false,
                row.GetString("operationDecision") is { } decision ? Enum.Parse<UndoDecision>(decision) : null,
                row.GetDateTimeOffset("operationUntil"))
            : null,
        Ending = row.GetString("ending") is { Length: > 0 } ending
            ? JsonSerializer.Deserialize<Ending>(ending, JsonSerializerOptions.Web)
            : null,
        ETag = row.ETag,
    };

    internal static Ladder? Ladder(TableEntity row) =>
        row.GetString("ladder") is { } ladder ? JsonSerializer.Deserialize<Ladder>(ladder, JsonSerializerOptions.Web) : null;

    private static DeploymentStatus Status(TableEntity row) => Parse(row.GetString("status"));

    private static DeploymentStatus? From(string? status) => status is null ? null : Parse(status);

    private static DeploymentStatus Parse(string status) => Enum.Parse<DeploymentStatus>(status, ignoreCase: true);
}
