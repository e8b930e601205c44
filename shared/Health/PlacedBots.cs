using System.Collections.Concurrent;
using Azure.Data.Tables;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Health;

/// <summary>A bot that should be up, and that no operation works on.</summary>
/// <param name="ChangedAt">When its row was last written: what was told before is about another state.</param>
/// <param name="Failed">True for one that a restart did not bring back.</param>
public sealed record PlacedBot(
    string Account, string Deployment, string Slug, string Vm, Tier Tier, int Version, DateTimeOffset ChangedAt, bool Failed);

/// <summary>All bots that should be up, and what is wanted of them, at little cost for each: the columns that matter, and a memory for
/// config versions, which never change.</summary>
public sealed class PlacedBots(Tables tables, ConfigVersionStore versions, OperationStore operations)
{
    private const int PageMax = 1_000;
    private const int RememberedMax = 50_000;

    private static readonly string[] Columns =
        ["PartitionKey", "RowKey", "Timestamp", "slug", "vm", "plan", "status", "activeVersion", "lastOperation"];

    private readonly ConcurrentDictionary<(string Deployment, int Version), Wanted> _remembered = new();

    public async IAsyncEnumerable<PlacedBot> AllAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var (running, failed) = (DeploymentStatus.Running.Wire(), DeploymentStatus.Failed.Wire());
        var filter = TableClient.CreateQueryFilter($"operation eq {""} and (status eq {running} or status eq {failed})");
        await foreach (var row in tables.Deployments.QueryAsync<TableEntity>(filter, PageMax, Columns, ct))
        {
            if (Read(row) is { } bot && (!bot.Failed || await IsOursAsync(bot, row.GetString("lastOperation"), ct)))
            {
                yield return bot;
            }
        }
    }

    public async ValueTask<Wanted> WantedAsync(string deployment, int version, CancellationToken ct)
    {
        if (_remembered.TryGetValue((deployment, version), out var known))
        {
            return known;
        }

        var state = (await versions.GetAsync(deployment, version, ct)).State;
        if (_remembered.Count >= RememberedMax)
        {
            _remembered.Clear();
        }

        return _remembered[(deployment, version)] = Wanted.Of(state.Image, Plan.Get(state.Plan));
    }

    /// <summary>Null when nothing was ever brought up, or it stands nowhere.</summary>
    private static PlacedBot? Read(TableEntity row) =>
        row.GetString("vm") is { } vm && row.GetInt32("activeVersion") is { } version
            ? new(
                row.PartitionKey, row.RowKey, row.GetString("slug"), vm, Plan.Find(row.GetString("plan"))?.Tier ?? Tier.Shared, version, row.Timestamp ?? default,
                row.GetString("status") == DeploymentStatus.Failed.Wire())
            : null;

    /// <summary>A deployment also fails when it could not be deleted: that one must not be brought back.</summary>
    private async Task<bool> IsOursAsync(PlacedBot bot, string? lastOperation, CancellationToken ct) =>
        lastOperation is not null
        && await operations.FindAsync(bot.Account, lastOperation, ct) is not { Kind: OperationKind.Terminate };
}
