using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Auth;

/// <summary>What somebody has to bring back within a few minutes. It is sealed and given to him, so that nothing is kept of those who only
/// ask; only of what was made use of is kept that it was.</summary>
public sealed class Challenges(Seal seal, Tables tables, TimeProvider clock) : IExpiring
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const string Used = "used-";
    private const string Until = "used-until-";

    /// <param name="purpose">It opens for nothing else.</param>
    /// <param name="content">What is to come back.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<(string Text, DateTimeOffset ExpiresAt)> MakeAsync<T>(string purpose, T content, CancellationToken ct)
    {
        var expires = clock.GetUtcNow() + Lifetime;
        var plain = JsonSerializer.SerializeToUtf8Bytes(new Content<T>(content, expires));
        return (await seal.CloseAsync(purpose, plain, ct), expires);
    }

    /// <summary>Null for what is over, or is none of ours.</summary>
    public async Task<T?> OpenAsync<T>(string purpose, string? text, CancellationToken ct)
        where T : class =>
        await seal.OpenAsync(purpose, text, ct) is { } plain && JsonSerializer.Deserialize<Content<T>>(plain) is { } content
        && content.ExpiresAt > clock.GetUtcNow()
            ? content.Value
            : null;

    /// <summary>False when it was used before.</summary>
    public async Task<bool> UseAsync(string text, CancellationToken ct)
    {
        // Later than its end by any clock of ours.
        var until = clock.GetUtcNow() + (2 * Lifetime);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var shard = Shards.KeyOf(hash);
        await tables.Index.UpsertEntityAsync(
            new TableEntity($"{Until}{shard}", $"{until.UtcTicks:D19}-{hash}") { ["challenge"] = hash }, TableUpdateMode.Replace, ct);
        return await tables.Index.TryAddAsync(new TableEntity(Used + shard, hash), ct);
    }

    public Round ExpiredRound(DateTimeOffset now) => new("challenges", tables.Index, Until, To: $"{now.UtcTicks:D19}~");

    /// <param name="row">What leads to it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        await tables.Index.RemoveAsync(Used + row.PartitionKey[^2..], row.GetString("challenge"), ct);
        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    private sealed record Content<T>(T Value, DateTimeOffset ExpiresAt);
}
