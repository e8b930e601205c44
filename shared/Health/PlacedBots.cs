using System.Collections.Concurrent;
using Azure.Data.Tables;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Health;

/// <summary>A bot that should be up.</summary>
/// <param name="ChangedAt">When its row was last written: what was told before is about another state.</param>
/// <param name="Failed">True for one that a restart did not bring back.</param>
public sealed record PlacedBot(
    string Account, string Deployment, string Slug, string Vm, Tier Tier, int Version, DateTimeOffset ChangedAt, bool Failed);

/// <param name="IsBusy">An operation works on it, and knows better.</param>
/// <param name="Bot">Null for one that should not be up, or of which that is not known yet.</param>
public sealed record Placed(bool IsBusy, PlacedBot? Bot);

/// <summary>Bots that should be up, and what is wanted of them, at little cost for each: the columns that matter, and a memory for
/// config versions, which never change.</summary>
public sealed class PlacedBots(Tables tables, ConfigVersionStore versions, OperationStore operations)
{
    private const int RememberedMax = 50_000;

    private static readonly string[] Columns =
        ["PartitionKey", "RowKey", "Timestamp", "slug", "vm", "plan", "status", "activeVersion", "operation", "operationKind", "lastOperation"];

    private readonly ConcurrentDictionary<(string Deployment, int Version), Wanted> _remembered = new();

    public async Task<Placed> FindAsync(string account, string deployment, CancellationToken ct)
    {
        var found = await tables.Deployments.GetEntityIfExistsAsync<TableEntity>(account, deployment, Columns, ct);
        if (!found.HasValue || found.Value is not { } row || IsWorkedOn(row))
        {
            return new(found.HasValue, null);
        }

        var bot = Read(row);
        return new(false, bot is { Failed: true } && !await IsOursAsync(bot, row.GetString("lastOperation"), ct) ? null : bot);
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

    private static bool IsWorkedOn(TableEntity row) => row.GetString("operation") is { Length: > 0 }
        && !(Enum.TryParse<OperationKind>(row.GetString("operationKind"), out var kind) && Deployments.Deployment.IsSpeech(kind));

    /// <summary>Null when nothing was ever brought up, it stands nowhere, or was stopped.</summary>
    private static PlacedBot? Read(TableEntity row)
    {
        var (status, failed) = (row.GetString("status"), DeploymentStatus.Failed.Wire());
        return row.GetString("vm") is { } vm && row.GetInt32("activeVersion") is { } version
            && (status == failed || status == DeploymentStatus.Running.Wire())
            ? new(
                row.PartitionKey, row.RowKey, row.GetString("slug"), vm, Plan.Find(row.GetString("plan"))?.Tier ?? Tier.Shared, version,
                row.Timestamp ?? default, status == failed)
            : null;
    }

    /// <summary>A deployment also fails when it could not be deleted: that one must not be brought back.</summary>
    private async Task<bool> IsOursAsync(PlacedBot bot, string? lastOperation, CancellationToken ct) =>
        lastOperation is not null
        && await operations.FindAsync(bot.Account, lastOperation, ct) is not { Kind: OperationKind.Terminate };
}
