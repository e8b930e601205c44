using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Accounts;

/// <param name="Name">What it was opened from, in a few words, or what its owner calls it.</param>
/// <param name="Scope">What it is good for; null for everything.</param>
/// <param name="LastUsedAt">To the hour.</param>
public sealed record OpenSession(
    string Id, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string Name, string? Scope, DateTimeOffset LastUsedAt);

/// <summary>Sessions by the hash of their token: who reads the table cannot sign in with it.</summary>
public sealed class SessionStore(Tables tables, SessionCutoff cutoff, TimeProvider clock) : IExpiring
{
    private const string Row = "session";
    private const string Partition = "session-";
    private const int TokenLength = 43;
    private const int ListMax = 200;

    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>A person's sessions at once.</summary>
    public const int BrowsersMax = 50;

    /// <summary>Of a person's session, not of a program's token.</summary>
    public static readonly TimeSpan IdleMax = TimeSpan.FromDays(7);

    /// <summary>How exactly it is known when a session was last used: no request but one an hour writes.</summary>
    private static readonly TimeSpan UseStep = TimeSpan.FromHours(1);

    /// <summary>A new session's token, 256 random bits as base64url, and its end. Who has more than <see cref="BrowsersMax"/> then is signed out
    /// where he signed in longest ago.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="browser">What it was opened from, in a few words that say nothing about a person.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<(string Token, DateTimeOffset ExpiresAt)> OpenAsync(string account, string browser, CancellationToken ct)
    {
        var opened = await OpenAsync(account, browser, scope: null, Lifetime, ct);
        var all = await tables.Sessions.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {account}"), ListMax, cancellationToken: ct)
            .Take(ListMax).Where(row => row.GetString("scope") is null).ToListAsync(ct);
        foreach (var row in all.OrderByDescending(row => row.GetDateTimeOffset("createdAt")).Skip(BrowsersMax))
        {
            await CloseByHashAsync(row.RowKey, ct, account);
        }

        return opened;
    }

    /// <summary>A token that is good for one thing.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="name">By which its owner knows it.</param>
    /// <param name="scope">One of <see cref="Scopes"/>; null for everything.</param>
    /// <param name="lifetime">How long it is good.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<(string Token, DateTimeOffset ExpiresAt)> OpenAsync(
        string account, string name, string? scope, TimeSpan lifetime, CancellationToken ct)
    {
        var token = BearerToken.New();
        var now = clock.GetUtcNow();
        var expires = now + lifetime;
        // What leads to its end comes first, so that none is kept for good.
        var hash = BearerToken.Hash(token);
        await tables.Index.UpsertEntityAsync(
            new TableEntity(Partition + Shards.KeyOf(hash), $"{expires.UtcTicks:D19}-{hash}") { ["session"] = hash, ["account"] = account },
            TableUpdateMode.Replace, ct);
        await tables.Sessions.UpsertEntityAsync(
            new TableEntity(account, hash) { ["createdAt"] = now, ["expiresAt"] = expires, ["browser"] = name, ["scope"] = scope },
            TableUpdateMode.Replace, ct);
        await tables.Sessions.AddEntityAsync(
            new TableEntity(hash, Row) { ["account"] = account, ["createdAt"] = now, ["expiresAt"] = expires, ["scope"] = scope }, ct);
        return (token, expires);
    }

    public async Task<Session?> FindAsync(string token, CancellationToken ct)
    {
        if (token.Length != TokenLength || await tables.Sessions.FindAsync(BearerToken.Hash(token), Row, ct) is not { } row)
        {
            return null;
        }

        var (session, now) = (Read(row), clock.GetUtcNow());
        if (session.ExpiresAt <= now || IsIdle(session.Scope, session.LastUsedAt, now) || session.OpenedAt < await cutoff.ReadAsync(ct))
        {
            return null;
        }

        if (now - session.LastUsedAt >= UseStep)
        {
            await NoteAsync(session.Account, row.PartitionKey, "lastUsedAt", now, ct);
        }

        return session;
    }

    /// <summary>Its owner has just proven that it is his.</summary>
    public async Task RenewAsync(string token, DateTimeOffset now, CancellationToken ct)
    {
        if (await FindAsync(token, ct) is { } session)
        {
            await NoteAsync(session.Account, BearerToken.Hash(token), "freshAt", now, ct);
        }
    }

    /// <summary>Closes all of an account's but one.</summary>
    public async Task CloseOthersAsync(string account, string? kept, CancellationToken ct)
    {
        var rows = tables.Sessions.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {account}"), ListMax, ["RowKey"], ct);
        await foreach (var row in rows)
        {
            if (kept is null || row.RowKey != BearerToken.Hash(kept))
            {
                await CloseByHashAsync(row.RowKey, ct, account);
            }
        }
    }

    public Task CloseAsync(string token, CancellationToken ct) => CloseByHashAsync(BearerToken.Hash(token), ct);

    /// <summary>Those that an account has open, the newest first.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="signedOutAt">What was opened before is not.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<IReadOnlyList<OpenSession>> ListAsync(string account, DateTimeOffset? signedOutAt, CancellationToken ct)
    {
        var rows = tables.Sessions.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {account}"), ListMax, cancellationToken: ct);
        var (now, over) = (clock.GetUtcNow(), await cutoff.ReadAsync(ct));
        return [.. (await rows.Take(ListMax).ToListAsync(ct))
            .Select(row => new OpenSession(
                SessionIds.Of(row.RowKey), row.GetDateTimeOffset("createdAt")!.Value, row.GetDateTimeOffset("expiresAt")!.Value, row.GetString("browser"),
                row.GetString("scope"), row.GetDateTimeOffset("lastUsedAt") ?? row.GetDateTimeOffset("createdAt")!.Value))
            .Where(session => session.ExpiresAt > now && !IsIdle(session.Scope, session.LastUsedAt, now)
                && !(session.CreatedAt < signedOutAt) && !(session.CreatedAt < over))
            .OrderByDescending(session => session.CreatedAt)];
    }

    /// <summary>Closes one of an account's. False when it has none of that id.</summary>
    public async Task<bool> CloseAsync(string account, string id, CancellationToken ct)
    {
        if (await SessionIds.HashAsync(tables, account, id, ct) is not { } hash)
        {
            return false;
        }

        await CloseByHashAsync(hash, ct);
        return true;
    }

    /// <summary>What counts goes first.</summary>
    private async Task CloseByHashAsync(string hash, CancellationToken ct, string? account = null)
    {
        account ??= (await tables.Sessions.FindAsync(hash, Row, ct))?.GetString("account");
        await tables.Sessions.RemoveAsync(hash, Row, ct);
        if (account is not null)
        {
            await tables.Sessions.RemoveAsync(account, hash, ct);
        }
    }

    /// <summary>What leads to sessions that nobody can use any more.</summary>
    public Round ExpiredRound(DateTimeOffset now) => new("sessions", tables.Index, Partition, To: $"{now.UtcTicks:D19}~");

    /// <param name="row">What leads to it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        await CloseByHashAsync(row.GetString("session"), ct, row.GetString("account"));
        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    private async Task NoteAsync(string account, string hash, string what, DateTimeOffset at, CancellationToken ct)
    {
        foreach (var (partition, row) in new[] { (hash, Row), (account, hash) })
        {
            try
            {
                await tables.Sessions.UpdateEntityAsync(new TableEntity(partition, row) { [what] = at }, ETag.All, TableUpdateMode.Merge, ct);
            }
            catch (RequestFailedException closed) when (closed.Status == 404)
            {
                // Somebody closed it meanwhile.
            }
        }
    }

    private static bool IsIdle(string? scope, DateTimeOffset lastUsedAt, DateTimeOffset now) => scope is null && now - lastUsedAt > IdleMax;

    private static Session Read(TableEntity row)
    {
        var opened = row.GetDateTimeOffset("createdAt")!.Value;
        return new(
            row.GetString("account"), opened, row.GetDateTimeOffset("expiresAt")!.Value, row.GetString("scope"),
            row.GetDateTimeOffset("freshAt") ?? opened, row.GetDateTimeOffset("lastUsedAt") ?? opened);
    }
}
