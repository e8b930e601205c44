using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Secrets;

/// <summary>The secrets a bot can have, by the name of the file it reads them from.</summary>
public static class BotSecretNames
{
    public const string GatewayToken = "gateway-token";
    public const string ModelKey = "model-key";
    public const string TelegramToken = "telegram-token";
}

/// <summary>A deployment's secrets: metadata and a fingerprint in a table, the values in Key Vault and nowhere else.
/// The row is written before the value, so that whatever the vault holds can be found again and erased.</summary>
public sealed class BotSecrets(Tables tables, SecretVault vault, TimeProvider clock)
{
    public async Task PutAsync(string deployment, string name, string value, CancellationToken ct)
    {
        await tables.Secrets.UpsertEntityAsync(
            new TableEntity(deployment, name) { ["setAt"] = clock.GetUtcNow(), ["fingerprint"] = Fingerprint(deployment, value) },
            TableUpdateMode.Replace, ct);
        await vault.SetAsync(VaultName(deployment, name), value, ct);
    }

    /// <summary>Makes a random value unless there is one: 256 bits, base64url.</summary>
    public async Task EnsureRandomAsync(string deployment, string name, CancellationToken ct)
    {
        if (await vault.GetAsync(VaultName(deployment, name), ct) is null)
        {
            await PutAsync(deployment, name, System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)), ct);
        }
    }

    public async Task<IReadOnlyList<string>> NamesAsync(string deployment, CancellationToken ct) =>
        await tables.Secrets
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {deployment}"), cancellationToken: ct)
            .Select(row => row.RowKey)
            .ToListAsync(ct);

    /// <summary>Names with fingerprints, as a version refers to them: a secret that was typed anew is a change.</summary>
    public async Task<IReadOnlyList<string>> ReferencesAsync(string deployment, CancellationToken ct) =>
        await tables.Secrets
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {deployment}"), cancellationToken: ct)
            .Select(row => $"{row.RowKey}@{row.GetString("fingerprint")}")
            .ToListAsync(ct);

    public async Task<string> GetAsync(string deployment, string name, CancellationToken ct) =>
        await vault.GetAsync(VaultName(deployment, name), ct)
        ?? throw new PermanentException(
            "secret-missing",
            $"The secret '{name}' did not reach the vault. Delete this deployment and create it again; nothing was charged twice.");

    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(string deployment, IEnumerable<string> names, CancellationToken ct)
    {
        var values = await Task.WhenAll(names.Select(async name => (name, value: await GetAsync(deployment, name, ct))));
        return values.ToDictionary(pair => pair.name, pair => pair.value);
    }

    public async Task EraseAsync(string deployment, string name, CancellationToken ct)
    {
        await vault.EraseAsync(VaultName(deployment, name), ct);
        await tables.Secrets.RemoveAsync(deployment, name, ct);
    }

    /// <summary>How many were erased.</summary>
    public async Task<int> EraseAllAsync(string deployment, CancellationToken ct)
    {
        var names = await NamesAsync(deployment, ct);
        await Task.WhenAll(names.Select(name => EraseAsync(deployment, name, ct)));
        return names.Count;
    }

    private static string VaultName(string deployment, string name) => $"{deployment.Replace('_', '-').ToLowerInvariant()}-{name}";

    private static string Fingerprint(string deployment, string value) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{deployment}\n{value}")).AsSpan(0, 4));
}
