using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Backups;

/// <summary>The backups of bots, in a partition for each bot. There are few of one: what is not needed goes.</summary>
public sealed class BackupStore(Tables tables, TimeProvider clock)
{
    public async Task<Backup?> FindAsync(string deployment, string id, CancellationToken ct) =>
        Ids.IsValid(id, Ids.Backup) && await tables.Backups.FindAsync(deployment, id, ct) is { } row ? Read(row) : null;

    /// <exception cref="PermanentException">When there is no such backup any more.</exception>
    public async Task<Backup> GetAsync(string deployment, string id, CancellationToken ct) =>
        await FindAsync(deployment, id, ct) ?? throw new PermanentException("backup-gone", $"There is no backup {id} any more. Choose another one.");

    /// <summary>Newest first, with those that their owner deleted and could have back.</summary>
    public async Task<IReadOnlyList<Backup>> ListAsync(string deployment, CancellationToken ct) =>
        [.. (await tables.Backups
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {deployment}"), cancellationToken: ct)
            .Select(Read).ToListAsync(ct)).OrderByDescending(backup => backup.At)];

    /// <summary>The newest that is wanted, made at that moment or before; null when there is none.</summary>
    public async Task<Backup?> NewestAsync(string deployment, CancellationToken ct, DateTimeOffset? until = null) =>
        (await ListAsync(deployment, ct)).FirstOrDefault(backup => backup.DeletedAt is null && !(backup.At > until));

    /// <summary>What was added before stays as it is.</summary>
    public Task AddAsync(Backup backup, CancellationToken ct) => tables.Backups.TryAddAsync(Write(backup), ct);

    /// <summary>Reads, changes and saves until nobody saved in between; nothing when it is gone.</summary>
    /// <returns>As it is now; null when it is gone.</returns>
    public async Task<Backup?> ChangeAsync(string deployment, string id, Func<Backup, Backup> change, CancellationToken ct)
    {
        while (await FindAsync(deployment, id, ct) is { } known)
        {
            var changed = change(known);
            if (changed == known || await tables.Backups.TryReplaceAsync(Write(changed), known.ETag, ct))
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>Not wanted from now on; one that was deleted before keeps its time. Null when it is gone.</summary>
    public Task<Backup?> DeleteAsync(Backup backup, CancellationToken ct) => ChangeAsync(
        backup.Deployment, backup.Id, known => known with { DeletedAt = known.DeletedAt ?? clock.GetUtcNow() }, ct);

    /// <summary>Wanted after all; null when it is gone.</summary>
    public Task<Backup?> UndeleteAsync(Backup backup, CancellationToken ct) =>
        ChangeAsync(backup.Deployment, backup.Id, known => known with { DeletedAt = null }, ct);

    public Task RemoveAsync(Backup backup, CancellationToken ct) => tables.Backups.RemoveAsync(backup.Deployment, backup.Id, ct);

    private static TableEntity Write(Backup backup) => new(backup.Deployment, backup.Id)
    {
        ["account"] = backup.Account,
        ["reason"] = backup.Reason.ToString(),
        ["operation"] = backup.Operation,
        ["archive"] = backup.Archive,
        ["version"] = backup.Version,
        ["image"] = backup.Image,
        ["storageMb"] = backup.StorageMb,
        ["headerBytes"] = backup.HeaderBytes,
        ["stored"] = JsonSerializer.Serialize(backup.Stored, VmJson.Default.BackupResult),
        ["manifest"] = backup.ManifestSha256,
        ["deletedAt"] = backup.DeletedAt,
        ["provenAt"] = backup.ProvenAt,
    };

    private static Backup Read(TableEntity row) => new(
        row.RowKey, row.GetString("account"), row.PartitionKey, Enum.Parse<BackupReason>(row.GetString("reason")), row.GetString("operation"),
        row.GetString("archive"), row.GetInt32("version")!.Value, row.GetString("image"), row.GetInt32("storageMb")!.Value,
        row.GetInt32("headerBytes")!.Value, JsonSerializer.Deserialize(row.GetString("stored"), VmJson.Default.BackupResult)!,
        row.GetString("manifest"))
    {
        DeletedAt = row.GetDateTimeOffset("deletedAt"),
        ProvenAt = row.GetDateTimeOffset("provenAt"),
        ETag = row.ETag,
    };
}
