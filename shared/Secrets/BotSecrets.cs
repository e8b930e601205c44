using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Secrets;

/// <summary>The secrets a bot can have, by the name of the file it reads them from. Those of the owner's own configuration are named
/// by <see cref="OpenClaw.ConfigSecrets"/>.</summary>
public static class BotSecretNames
{
    public const string GatewayToken = "gateway-token";
    public const string ModelKey = "model-key";
    public const string TelegramToken = "telegram-token";

    /// <summary>Opens the bot's backups. No machine ever gets it.</summary>
    public const string BackupIdentity = "backup-identity";
}

/// <summary>What may be known of a secret.</summary>
/// <param name="Fingerprint">Tells two values apart, and nothing of either.</param>
public sealed record SecretInfo(string Name, string Fingerprint, DateTimeOffset SetAt);

/// <summary>A deployment's secrets: metadata and a fingerprint in a table, the values in Key Vault and nowhere else. The row is written
/// before the value, so that whatever the vault holds can be found again and erased. A value that a change brings is staged beside those
/// that are in use, under a version of its own, until the change is made or refused (ADR 20).</summary>
public sealed class BotSecrets(Tables tables, SecretVault vault, TimeProvider clock)
{
    /// <summary>Of values that were in use once, for rollbacks. Older ones are erased when another is staged.</summary>
    private const int KeptMax = 5;

    // A change reads a value for its candidate and for the bot: what it was is told by its fingerprint, so it need not be asked for twice.
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(30);

    // An operation ends within the hour: whatever is staged for longer was left by a process that died.
    private static readonly TimeSpan StagedMax = TimeSpan.FromDays(1);

    /// <summary>The value that comes with the order.</summary>
    public Task PutAsync(string deployment, string name, string value, CancellationToken ct) =>
        PutAsync(deployment, new(name, Fingerprint(deployment, value)), value, staged: false, ct);

    /// <summary>Makes a random value unless there is one: 256 bits, base64url.</summary>
    public async Task EnsureRandomAsync(string deployment, string name, CancellationToken ct)
    {
        if (await vault.GetAsync(VaultName(deployment, name), ct) is null)
        {
            await PutAsync(deployment, name, System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)), ct);
        }
    }

    /// <summary>The value, which is made unless there is one. Its row is asked first: the vault is not asked for what it cannot have.</summary>
    public async Task<string> EnsureAsync(string deployment, string name, Func<string> make, CancellationToken ct)
    {
        if (await tables.Secrets.FindAsync(deployment, name, ct) is null || await FindAgainAsync(deployment, name, ct) is not { } value)
        {
            await PutAsync(deployment, name, make(), ct);
            value = await FindAsync(deployment, name, ct) ?? throw Missing(name);
        }

        return value;
    }

    /// <summary>What a value will be called: the reference in use when it is the same value, a new version otherwise.</summary>
    public static SecretRef Refer(string deployment, string name, string value, IEnumerable<SecretRef> inUse)
    {
        var fingerprint = Fingerprint(deployment, value);
        return inUse.FirstOrDefault(used => used.Name == name && used.Fingerprint == fingerprint)
            ?? new(name, fingerprint, RandomNumberGenerator.GetHexString(16, lowercase: true));
    }

    /// <summary>Keeps values for a change that is not accepted yet. Whoever reads the ones in use does not see them.</summary>
    /// <param name="inUse">References of the version that runs, whose values stay whatever their age.</param>
    public async Task StageAsync(
        string deployment, IReadOnlyDictionary<SecretRef, string> values, IReadOnlyCollection<SecretRef> inUse, CancellationToken ct)
    {
        await PruneAsync(deployment, inUse, ct);
        try
        {
            await Task.WhenAll(values.Select(pair => PutAsync(deployment, pair.Key, pair.Value, staged: true, ct)));
        }
        catch
        {
            await UnstageAsync(deployment, [.. values.Keys], CancellationToken.None);
            throw;
        }
    }

    /// <summary>Erases what was staged for a change that is not made. A value that is in use by now stays.</summary>
    public async Task UnstageAsync(string deployment, IReadOnlyCollection<SecretRef> references, CancellationToken ct)
    {
        if (references.Count > 0)
        {
            var rows = await RowsAsync(deployment, ct);
            await EraseAsync(deployment, rows.Where(row => row.Staged && references.Contains(row.Reference)), ct);
        }
    }

    /// <summary>The values are in use from now on.</summary>
    public Task PromoteAsync(string deployment, IEnumerable<SecretRef> references, CancellationToken ct) =>
        Task.WhenAll(references.Where(reference => reference.Version is not null).Select(reference => tables.Secrets.UpdateEntityAsync(
            new TableEntity(deployment, reference.Key) { ["staged"] = false }, ETag.All, TableUpdateMode.Merge, ct)));

    /// <summary>The values in use, one for each name that the order brought or provisioning made.</summary>
    public async Task<IReadOnlyList<SecretRef>> ReferencesAsync(string deployment, CancellationToken ct) =>
    [
        .. (await RowsAsync(deployment, ct)).Where(row => !row.Staged).Select(row => row.Reference)
            .Where(reference => reference.Name != BotSecretNames.BackupIdentity),
    ];

    /// <summary>What there is of each name, never a value: the newest that is in use.</summary>
    public async Task<IReadOnlyList<SecretInfo>> ListAsync(string deployment, CancellationToken ct) =>
    [
        .. (await RowsAsync(deployment, ct)).Where(row => !row.Staged && row.Reference.Name != BotSecretNames.BackupIdentity)
            .GroupBy(row => row.Reference.Name, (name, rows) => rows.MaxBy(row => row.SetAt)!)
            .Select(row => new SecretInfo(row.Reference.Name, row.Reference.Fingerprint, row.SetAt))
            .OrderBy(secret => secret.Name, StringComparer.Ordinal),
    ];

    public async Task<string> GetAsync(string deployment, string name, CancellationToken ct) =>
        await vault.GetAsync(VaultName(deployment, name), ct) ?? throw Missing(name);

    /// <summary>Null when there is no such value.</summary>
    public Task<string?> FindAsync(string deployment, string name, CancellationToken ct) =>
        vault.RecallAsync(VaultName(deployment, name), Keep, ct);

    /// <summary>Null when there is no such value, and none that was deleted and could be had back.</summary>
    public async Task<string?> FindAgainAsync(string deployment, string name, CancellationToken ct) =>
        await FindAsync(deployment, name, ct) ?? await vault.RecoverAsync(VaultName(deployment, name), ct);

    /// <summary>By name.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        string deployment, IEnumerable<SecretRef> references, CancellationToken ct)
    {
        var values = await Task.WhenAll(
            references.Select(async reference => (reference.Name, Value: await ReadAsync(deployment, reference, ct))));
        return values.ToDictionary(pair => pair.Name, pair => pair.Value);
    }

    /// <summary>Every value there is, in use or not, with its name: what must not be seen anywhere.</summary>
    public async Task<IReadOnlyList<KeyValuePair<string, string>>> ReadAllAsync(string deployment, CancellationToken ct)
    {
        var rows = await RowsAsync(deployment, ct);
        var values = await Task.WhenAll(rows.Select(async row =>
            (row.Reference.Name, Value: await RecallAsync(deployment, row.Reference, ct))));
        return [.. values.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Name, pair.Value!))];
    }

    /// <exception cref="PermanentException">When a value that a version was made with is not kept any more.</exception>
    public async Task EnsureKeptAsync(string deployment, IEnumerable<SecretRef> references, CancellationToken ct)
    {
        var kept = (await RowsAsync(deployment, ct)).Select(row => row.Reference.Key).ToHashSet();
        if (references.FirstOrDefault(reference => reference.Version is not null && !kept.Contains(reference.Key)) is { } gone)
        {
            throw Gone(gone);
        }
    }

    public async Task EraseAsync(string deployment, string name, CancellationToken ct)
    {
        await vault.EraseAsync(VaultName(deployment, name), ct);
        await tables.Secrets.RemoveAsync(deployment, name, ct);
    }

    /// <summary>How many were erased.</summary>
    public async Task<int> EraseAllAsync(string deployment, CancellationToken ct)
    {
        var rows = await RowsAsync(deployment, ct);
        await EraseAsync(deployment, rows, ct);
        return rows.Count;
    }

    private async Task PutAsync(string deployment, SecretRef reference, string value, bool staged, CancellationToken ct)
    {
        await tables.Secrets.UpsertEntityAsync(
            new TableEntity(deployment, reference.Key)
            {
                ["setAt"] = clock.GetUtcNow(),
                ["fingerprint"] = reference.Fingerprint,
                ["staged"] = staged,
            },
            TableUpdateMode.Replace, ct);
        await vault.SetAsync(VaultName(deployment, reference), value, ct);
    }

    private async Task<string> ReadAsync(string deployment, SecretRef reference, CancellationToken ct) =>
        await RecallAsync(deployment, reference, ct) ?? throw (reference.Version is null ? Missing(reference.Name) : Gone(reference));

    /// <summary>Null when there is no such value. One of the same name that was replaced is another, and not recalled.</summary>
    private async Task<string?> RecallAsync(string deployment, SecretRef reference, CancellationToken ct)
    {
        var name = VaultName(deployment, reference);
        if (await vault.RecallAsync(name, Keep, ct) is { } value && Fingerprint(deployment, value) == reference.Fingerprint)
        {
            return value;
        }

        vault.Forget(name);
        return await vault.RecallAsync(name, Keep, ct);
    }

    private async Task PruneAsync(string deployment, IReadOnlyCollection<SecretRef> inUse, CancellationToken ct)
    {
        var versions = (await RowsAsync(deployment, ct))
            .Where(row => row.Reference.Version is not null && !inUse.Contains(row.Reference)).ToList();
        var forgotten = versions.Where(row => row.Staged && row.SetAt < clock.GetUtcNow() - StagedMax);
        var old = versions.Where(row => !row.Staged).GroupBy(row => row.Reference.Name)
            .SelectMany(same => same.OrderByDescending(row => row.SetAt).Skip(KeptMax));
        await EraseAsync(deployment, forgotten.Concat(old), ct);
    }

    private Task EraseAsync(string deployment, IEnumerable<Row> rows, CancellationToken ct) =>
        Task.WhenAll(rows.Select(row => EraseAsync(deployment, row.Reference.Key, ct)));

    private async Task<List<Row>> RowsAsync(string deployment, CancellationToken ct) =>
        await tables.Secrets
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {deployment}"), cancellationToken: ct)
            .Select(row => new Row(
                SecretRef.OfKey(row.RowKey, row.GetString("fingerprint") ?? ""), row.GetBoolean("staged") ?? false,
                row.GetDateTimeOffset("setAt") ?? DateTimeOffset.MinValue))
            .ToListAsync(ct);

    private static PermanentException Missing(string name) => new(
        "secret-missing",
        $"The secret '{name}' did not reach the vault. Delete this deployment and create it again; nothing was charged twice.");

    private static PermanentException Gone(SecretRef reference) => new(
        "secret-gone",
        $"The value of '{reference.Name}' that this version was made with is not kept any more. Send it again with a change.");

    private static string VaultName(string deployment, SecretRef reference) => VaultName(deployment, reference.Key);

    private static string VaultName(string deployment, string key) =>
        $"{deployment.Replace('_', '-').ToLowerInvariant()}-{key.Replace('@', '-')}";

    private static string Fingerprint(string deployment, string value) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{deployment}\n{value}")).AsSpan(0, 4));

    private sealed record Row(SecretRef Reference, bool Staged, DateTimeOffset SetAt);
}
