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
    private const int TokenLength = 43;

    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>A new session's token: 256 random bits, base64url.</summary>
    public async Task<string> OpenAsync(string account, CancellationToken ct)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        await tables.Sessions.AddEntityAsync(
            new TableEntity(Hash(token), Row) { ["account"] = account, ["createdAt"] = now, ["expiresAt"] = now + Lifetime }, ct);
        return token;
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

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
