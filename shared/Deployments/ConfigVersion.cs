using System.Security.Cryptography;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Deployments;

public enum ConfigVersionStatus
{
    Pending,
    Active,
    Failed,
    Superseded,
}

/// <summary>The whole desired state of a bot. Secrets are named, never held.</summary>
/// <param name="Image">Registry, repository and digest.</param>
/// <param name="Secrets">Names of the secrets that are delivered as files.</param>
/// <param name="Egress">`host:port` that the bot may reach.</param>
public sealed record DesiredState(
    string Image, string Plan, BotSettings Settings, IReadOnlyList<string> Secrets, IReadOnlyList<string> Egress)
{
    /// <summary>SHA-256 over the serialized state, hexadecimal: equal states have equal hashes.</summary>
    public string Hash() => Convert.ToHexStringLower(
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web)));
}

/// <summary>One immutable, numbered desired state, with who wanted it and why.</summary>
public sealed record ConfigVersion(
    string Deployment, int Number, DesiredState State, ConfigVersionStatus Status, DateTimeOffset CreatedAt, string By, string Why);

public sealed class ConfigVersionStore(Tables tables, TimeProvider clock)
{
    public async Task<ConfigVersion?> FindAsync(string deployment, int number, CancellationToken ct) =>
        await tables.ConfigVersions.FindAsync(deployment, TableRows.Inverted(number), ct) is { } row ? Read(row) : null;

    public async Task<ConfigVersion> GetAsync(string deployment, int number, CancellationToken ct) =>
        await FindAsync(deployment, number, ct)
        ?? throw new PermanentException("config-version-gone", $"Config version {number} of {deployment} does not exist.");

    /// <summary>Newest first, so the first row is the highest number.</summary>
    public async Task<ConfigVersion?> NewestAsync(string deployment, CancellationToken ct)
    {
        var newest = tables.ConfigVersions.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {deployment}"), maxPerPage: 1, cancellationToken: ct);
        return await newest.FirstOrDefaultAsync(ct) is { } row ? Read(row) : null;
    }

    /// <summary>False when that number is taken already.</summary>
    public Task<bool> TryAddAsync(ConfigVersion version, CancellationToken ct) =>
        tables.ConfigVersions.TryAddAsync(
            new TableEntity(version.Deployment, TableRows.Inverted(version.Number))
            {
                ["number"] = version.Number,
                ["state"] = JsonSerializer.Serialize(version.State, JsonSerializerOptions.Web),
                ["hash"] = version.State.Hash(),
                ["status"] = version.Status.ToString(),
                ["createdAt"] = clock.GetUtcNow(),
                ["by"] = version.By,
                ["why"] = version.Why,
            },
            ct);

    public Task MarkAsync(string deployment, int number, ConfigVersionStatus status, CancellationToken ct) =>
        tables.ConfigVersions.UpdateEntityAsync(
            new TableEntity(deployment, TableRows.Inverted(number)) { ["status"] = status.ToString() },
            Azure.ETag.All, TableUpdateMode.Merge, ct);

    private static ConfigVersion Read(TableEntity row) => new(
        row.PartitionKey,
        row.GetInt32("number")!.Value,
        JsonSerializer.Deserialize<DesiredState>(row.GetString("state"), JsonSerializerOptions.Web)!,
        Enum.Parse<ConfigVersionStatus>(row.GetString("status")),
        row.GetDateTimeOffset("createdAt")!.Value,
        row.GetString("by"),
        row.GetString("why"));
}
