using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>Conditions by shard, so that whoever looks after bots that are not well reads those and no other. There are as many as there
/// are bots with something to say about, not as many as bots.</summary>
public sealed class ConditionStore(Tables tables, TimeProvider clock)
{
    /// <summary>All of them.</summary>
    public Round Round() => new("conditions", tables.Conditions);

    public async Task<Condition?> FindAsync(string account, string deployment, CancellationToken ct) =>
        await tables.Conditions.FindAsync(Shards.KeyOf(deployment), deployment, ct) is { } row && Read(row) is var found
            && found.Account == account
            ? found
            : null;

    /// <summary>Reads, changes and saves until no one else saved in between. One that is over is not kept.</summary>
    public async Task<Condition> ChangeAsync(string account, string deployment, Func<Condition, Condition> change, CancellationToken ct)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var found = await FindAsync(account, deployment, ct);
            var changed = change(found ?? Condition.New(account, deployment, now));
            if (changed.IsOver(now))
            {
                await RemoveAsync(deployment, ct);
                return changed;
            }

            var row = Write(changed);
            if (found is null ? await tables.Conditions.TryAddAsync(row, ct)
                : changed == found || await tables.Conditions.TryReplaceAsync(row, found.ETag, ct))
            {
                return changed;
            }
        }
    }

    /// <summary>Nobody else would find the bots of a machine that is about to be forgotten.</summary>
    public async Task LoseAsync(Vm vm, CancellationToken ct)
    {
        foreach (var (deployment, account) in vm.Owners)
        {
            await LoseAsync(account, deployment, ct);
        }
    }

    /// <summary>Its machine is not known any more.</summary>
    public Task<Condition> LoseAsync(string account, string deployment, CancellationToken ct) => ChangeAsync(
        account, deployment,
        before => before.Seen(new(VerdictKind.VmLost), "Its machine is not known any more.", clock.GetUtcNow()), ct);

    public Task RemoveAsync(string deployment, CancellationToken ct) =>
        tables.Conditions.RemoveAsync(Shards.KeyOf(deployment), deployment, ct);

    private static TableEntity Write(Condition condition) => new(Shards.KeyOf(condition.Deployment), condition.Deployment)
    {
        ["account"] = condition.Account,
        ["verdict"] = condition.Verdict.Kind.ToString(),
        ["which"] = (int)condition.Verdict.Which,
        ["said"] = condition.Said,
        ["since"] = condition.Since,
        ["restarts"] = condition.Restarts,
        ["lastRestart"] = condition.LastRestart,
        ["lastRestartAt"] = condition.LastRestartAt,
        ["upSince"] = condition.UpSince,
        ["givenUp"] = condition.GivenUp,
        ["drift"] = condition.Drift,
        ["downSince"] = condition.DownSince,
        ["machineRestarted"] = condition.MachineRestarted,
        ["looks"] = condition.Looks is { } looks ? JsonSerializer.Serialize(looks) : null,
    };

    public static Condition Read(TableEntity row) => new(
        row.GetString("account"),
        row.RowKey,
        new(Enum.Parse<VerdictKind>(row.GetString("verdict")), (Observers)row.GetInt32("which")!.Value),
        row.GetString("said"),
        row.GetDateTimeOffset("since")!.Value,
        row.GetInt32("restarts")!.Value,
        row.GetString("lastRestart"),
        row.GetDateTimeOffset("lastRestartAt"),
        row.GetDateTimeOffset("upSince"),
        row.GetString("givenUp"),
        row.GetString("drift"),
        row.GetDateTimeOffset("downSince"),
        row.GetString("looks") is { } looks ? JsonSerializer.Deserialize<Looks>(looks) : null,
        row.GetBoolean("machineRestarted") ?? false,
        row.ETag);
}
