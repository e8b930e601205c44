using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Secrets;
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
/// <param name="Secrets">The secrets that are delivered as files: the very values that this version was made with.</param>
/// <param name="Egress">`host:port` that the bot may reach.</param>
public sealed record DesiredState(
    string Image, string Plan, BotSettings Settings, IReadOnlyList<SecretRef> Secrets, IReadOnlyList<string> Egress)
{
    /// <summary>SHA-256 over the serialized state, hexadecimal: equal states have equal hashes.</summary>
    public string Hash() => Convert.ToHexStringLower(
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web)));

    /// <summary>The secrets of a state that follows this one: those of this one with what the change brought in their place, without the
    /// ones that only a setting of the owner's needed which is not there any more.</summary>
    public IReadOnlyList<SecretRef> SecretsWith(BotSettings settings, IReadOnlyList<SecretRef>? brought)
    {
        var named = settings.Config is { } own ? ConfigSecrets.NamesIn(JsonNode.Parse(own)!.AsObject()) : [];
        return [.. (brought ?? []).Concat(Secrets).DistinctBy(secret => secret.Name)
            .Where(secret => !ConfigSecrets.IsOwn(secret.Name) || named.Contains(secret.Name))
            .OrderBy(secret => secret.Name, StringComparer.Ordinal)];
    }
}

/// <summary>One immutable, numbered desired state, with who wanted it and why.</summary>
/// <param name="Failure">Why it does not run; null unless it failed.</param>
/// <param name="BootMs">From the old one's stop to its first answer; null when it never ran.</param>
public sealed record ConfigVersion(
    string Deployment, int Number, DesiredState State, ConfigVersionStatus Status, DateTimeOffset CreatedAt, string By, string Why,
    string? Failure = null, long? BootMs = null);

public sealed class ConfigVersionStore(Tables tables, TimeProvider clock)
{
    private const int PageMax = 100;

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

    /// <summary>Newest first, at most 100 of those below <paramref name="before"/>.</summary>
    public async Task<IReadOnlyList<ConfigVersion>> ListAsync(string deployment, int before, CancellationToken ct) =>
        await tables.ConfigVersions.QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {deployment} and RowKey gt {TableRows.Inverted(before)}"), PageMax,
                cancellationToken: ct)
            .Take(PageMax).Select(Read).ToListAsync(ct);

    /// <summary>Adds the state as the next version, or finds it where the same operation added it before.</summary>
    public async Task<ConfigVersion> DraftAsync(string deployment, DesiredState state, string by, string why, CancellationToken ct)
    {
        while (true)
        {
            var newest = await NewestAsync(deployment, ct);
            if (newest is { Status: ConfigVersionStatus.Pending } && newest.State.Hash() == state.Hash())
            {
                return newest;
            }

            var next = new ConfigVersion(
                deployment, (newest?.Number ?? 0) + 1, state, ConfigVersionStatus.Pending, clock.GetUtcNow(), by, why);
            if (await TryAddAsync(next, ct))
            {
                return next;
            }
        }
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

    /// <param name="failure">Why it failed; null for any other status.</param>
    public Task MarkAsync(string deployment, int number, ConfigVersionStatus status, CancellationToken ct, string? failure = null) =>
        tables.ConfigVersions.UpdateEntityAsync(
            new TableEntity(deployment, TableRows.Inverted(number)) { ["status"] = status.ToString(), ["failure"] = failure },
            Azure.ETag.All, TableUpdateMode.Merge, ct);

    public Task ActivateAsync(string deployment, int number, long? bootMs, CancellationToken ct) =>
        tables.ConfigVersions.UpdateEntityAsync(
            new TableEntity(deployment, TableRows.Inverted(number))
            {
                ["status"] = ConfigVersionStatus.Active.ToString(),
                ["failure"] = null,
                ["bootMs"] = bootMs,
            },
            Azure.ETag.All, TableUpdateMode.Merge, ct);

    private static ConfigVersion Read(TableEntity row) => new(
        row.PartitionKey,
        row.GetInt32("number")!.Value,
        JsonSerializer.Deserialize<DesiredState>(row.GetString("state"), JsonSerializerOptions.Web)!,
        Enum.Parse<ConfigVersionStatus>(row.GetString("status")),
        row.GetDateTimeOffset("createdAt")!.Value,
        row.GetString("by"),
        row.GetString("why"),
        row.GetString("failure"),
        row.GetInt64("bootMs"));
}
