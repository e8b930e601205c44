using Azure.Data.Tables;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Retention;

/// <summary>What is kept of a deleted bot.</summary>
/// <param name="Until">Null where nothing here ever deletes it.</param>
public sealed record Kept(string What, string Why, DateTimeOffset? Until);

/// <summary>What is left of a bot when it is deleted: what goes with it, what goes later, and what stays.</summary>
public sealed class BotRemains(Tables tables, OperationStore operations, DeploymentStore deployments, IOptions<RetentionOptions> options)
{
    private const string Partition = "erase-";

    public IReadOnlyList<Kept> Kept(DateTimeOffset deletedAt) =>
    [
        new(
            "Config versions, what was typed for its operations, what they and their steps said, and the certificates of its drills.",
            "To answer questions about what the bot did.", deletedAt + options.Value.DeletedBots),
        new(
            "That it was: its name, plan and dates, and which operations there were and how they ended.",
            "What was charged can be explained by it.", null),
        new(
            "The record: what was done with the bot, when and by whom, without what anybody typed and what failures said.",
            "It proves that this deletion was carried out.", null),
        new(
            "Backups, which nobody can read any more: the key that opened them was erased.",
            "The store does not let go of what it was told to keep before its time.", deletedAt + options.Value.DeletedBots),
        new("Subscription and payment events.", "Tax law asks for them.", null),
    ];

    /// <summary>What it wrote, and how it was. Returns how many lines and rows went.</summary>
    public async Task<int> EraseAsync(string deployment, CancellationToken ct)
    {
        await tables.Conditions.RemoveAsync(Shards.KeyOf(deployment), deployment, ct);
        return await tables.Logs.RemovePartitionAsync(deployment, ct) + await tables.Drift.RemovePartitionAsync(deployment, ct)
            + await tables.Usage.RemovePartitionAsync(deployment, ct);
    }

    /// <summary>Has the rest erased when its time has come.</summary>
    public Task EraseLaterAsync(string account, string deployment, DateTimeOffset deletedAt, CancellationToken ct)
    {
        var until = deletedAt + options.Value.DeletedBots;
        return tables.Index.UpsertEntityAsync(
            new TableEntity(Partition + Shards.KeyOf(deployment), $"{until.UtcTicks:D19}-{deployment}")
            {
                ["account"] = account,
                ["deployment"] = deployment,
            },
            TableUpdateMode.Replace, ct);
    }

    /// <summary>Those whose time has come.</summary>
    public Round Round(DateTimeOffset now) =>
        new("retention", tables.Index, Partition, To: $"{now.UtcTicks:D19}~", Max: options.Value.SweepMax);

    /// <summary>Everything but what stays for good. A deployment that is there after all loses nothing.</summary>
    public async Task EraseRestAsync(TableEntity row, CancellationToken ct)
    {
        var (account, id) = (row.GetString("account"), row.GetString("deployment"));
        var deployment = await deployments.FindAsync(account, id, ct);
        if (deployment is null or { Status: DeploymentStatus.Terminated })
        {
            await EraseAsync(id, ct);
            await tables.ConfigVersions.RemovePartitionAsync(id, ct);
            await tables.Pages.RemovePartitionAsync(id, ct);
            await tables.Drills.RemovePartitionAsync(id, ct);
            await tables.Records.RemoveAsync(
                TableClient.CreateQueryFilter($"PartitionKey eq {id} and RowKey ge {"once-"} and RowKey lt {"once-~"}"), ct);
            await operations.ForgetWordsAsync(account, id, ct);
            if (deployment is not null)
            {
                await deployments.ChangeAsync(account, id, now => now with { Settings = new(null, null, Telegram: false) }, ct);
            }
        }

        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }
}
