using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Accounts;

/// <summary>Sessions by the hash of their token: who reads the table cannot sign in with it.</summary>
public sealed class SessionStore(Tables tables, TimeProvider clock)
{
    private const string Row = "session";
    private const string Partition = "session-";
    private const int TokenLength = 43;

    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>A new session's token, 256 random bits as base64url, and its end.</summary>
    public async Task<(string Token, DateTimeOffset ExpiresAt)> OpenAsync(string account, CancellationToken ct)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        var expires = now + Lifetime;
        // What leads to its end comes first, so that none is kept for good.
        var hash = Hash(token);
        await tables.Index.UpsertEntityAsync(
            new TableEntity(Partition + Shards.KeyOf(hash), $"{expires.UtcTicks:D19}-{hash}") { ["session"] = hash },
            TableUpdateMode.Replace, ct);
        await tables.Sessions.AddEntityAsync(
            new TableEntity(hash, Row) { ["account"] = account, ["createdAt"] = now, ["expiresAt"] = expires }, ct);
        return (token, expires);
    }

    public async Task<Session?> FindAsync(string token, CancellationToken ct)
    {
        if (token.Length != TokenLength || await tables.Sessions.FindAsync(Hash(token), Row, ct) is not { } row)
        {
            return null;
        }

        var session = new Session(
            row.GetString("account"), row.GetDateTimeOffset("createdAt")!.Value, row.GetDateTimeOffset("expiresAt")!.Value);
        return session.ExpiresAt > clock.GetUtcNow() ? session : null;
    }

    public Task CloseAsync(string token, CancellationToken ct) => tables.Sessions.RemoveAsync(Hash(token), Row, ct);

    /// <summary>What leads to sessions that nobody can use any more.</summary>
    public Round ExpiredRound(DateTimeOffset now) => new("sessions", tables.Index, Partition, To: $"{now.UtcTicks:D19}~");

    /// <param name="row">What leads to it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        await tables.Sessions.RemoveAsync(row.GetString("session"), Row, ct);
        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
