using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Staff;

/// <summary>An operator who is signed in.</summary>
/// <param name="FactorSince">Since when signing in asks him for a code; null where it does not.</param>
/// <param name="FreshAt">When it was last proven whose it is.</param>
public sealed record StaffSession(OperatorLogin Login, DateTimeOffset? FactorSince, DateTimeOffset FreshAt)
{
    public Operator Operator => Login.Operator;
}

/// <summary>A session as its operator sees it.</summary>
/// <param name="Browser">What it was opened from, in a few words.</param>
public sealed record OpenStaffSession(string Id, string Browser, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>Sessions of operators, by the hash of their token. They lie beside those of customers under another key, so that a token of the
/// one kind never opens anything of the other.</summary>
public sealed class StaffSessions(Tables tables, OperatorStore operators, OperatorFactors factors, TimeProvider clock) : IExpiring
{
    private const string Row = "staff";
    private const string Partition = "staffsession-";
    private const string FreshAt = "freshAt";
    private const int TokenLength = 43;
    private const int ListMax = 200;

    /// <summary>A working day: whoever comes back to an open browser the next morning signs in again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>A new session's token, 256 random bits as base64url, and its end.</summary>
    /// <param name="of">Whose.</param>
    /// <param name="browser">What it was opened from, in a few words that say nothing about a person.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<(string Token, DateTimeOffset ExpiresAt)> OpenAsync(Operator of, string browser, CancellationToken ct)
    {
        var token = BearerToken.New();
        var (hash, now) = (BearerToken.Hash(token), clock.GetUtcNow());
        var expires = now + Lifetime;
        // What leads to its end comes first, so that none is kept for good.
        await tables.Index.UpsertEntityAsync(
            new TableEntity(Partition + Shards.KeyOf(hash), $"{expires.UtcTicks:D19}-{hash}") { ["session"] = hash, ["operator"] = of.Id },
            TableUpdateMode.Replace, ct);
        await tables.Sessions.UpsertEntityAsync(
            new TableEntity(of.Id, hash) { ["browser"] = browser, ["createdAt"] = now, ["expiresAt"] = expires }, TableUpdateMode.Replace, ct);
        await tables.Sessions.AddEntityAsync(
            new TableEntity(hash, Row) { ["operator"] = of.Id, ["email"] = of.Email, ["createdAt"] = now, ["expiresAt"] = expires }, ct);
        return (token, expires);
    }

    /// <summary>Null when it has ended, or its operator was removed since, whether or not he was added again. Whoever changes what lets him
    /// in, password or second factor, ends all that were opened before.</summary>
    public async Task<StaffSession?> FindAsync(string token, CancellationToken ct)
    {
        if (token.Length != TokenLength || await tables.Sessions.FindAsync(BearerToken.Hash(token), Row, ct) is not { } row
            || row.GetDateTimeOffset("expiresAt") <= clock.GetUtcNow()
            || await operators.FindByEmailAsync(row.GetString("email"), ct) is not { } login
            || login.Operator.Id != row.GetString("operator"))
        {
            return null;
        }

        var (opened, since) = (row.GetDateTimeOffset("createdAt")!.Value, await factors.SinceAsync(login.Operator.Id, ct));
        return opened < login.SignedOutAt || opened < since ? null : new(login, since, row.GetDateTimeOffset(FreshAt) ?? opened);
    }

    /// <summary>Its operator has just proven that it is his.</summary>
    public async Task RenewAsync(string token, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            await tables.Sessions.UpdateEntityAsync(
                new TableEntity(BearerToken.Hash(token), Row) { [FreshAt] = now }, ETag.All, TableUpdateMode.Merge, ct);
        }
        catch (RequestFailedException closed) when (closed.Status == 404)
        {
            // Somebody closed it meanwhile.
        }
    }

    /// <summary>Those that an operator has open, the newest first.</summary>
    /// <param name="of">The one that he calls with.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<IReadOnlyList<OpenStaffSession>> ListAsync(StaffSession of, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return [.. (await OwnRows(of.Operator, ct).Take(ListMax).ToListAsync(ct))
            .Select(row => new OpenStaffSession(
                SessionIds.Of(row.RowKey), row.GetString("browser"), row.GetDateTimeOffset("createdAt")!.Value,
                row.GetDateTimeOffset("expiresAt")!.Value))
            .Where(one => one.ExpiresAt > now && !(one.CreatedAt < of.Login.SignedOutAt) && !(one.CreatedAt < of.FactorSince))
            .OrderByDescending(one => one.CreatedAt)];
    }

    public async Task CloseAsync(string token, CancellationToken ct)
    {
        var hash = BearerToken.Hash(token);
        if (await tables.Sessions.FindAsync(hash, Row, ct) is { } row)
        {
            await CloseByHashAsync(row.GetString("operator"), hash, ct);
        }
    }

    /// <summary>Closes one of an operator's. False when he has none of that id.</summary>
    public async Task<bool> CloseByIdAsync(Operator of, string id, CancellationToken ct)
    {
        if (await SessionIds.HashAsync(tables, of.Id, id, ct) is not { } hash)
        {
            return false;
        }

        await CloseByHashAsync(of.Id, hash, ct);
        return true;
    }

    /// <summary>Closes all of an operator's but one.</summary>
    public async Task CloseOthersAsync(Operator of, string kept, CancellationToken ct)
    {
        await foreach (var row in OwnRows(of, ct))
        {
            if (row.RowKey != BearerToken.Hash(kept))
            {
                await CloseByHashAsync(of.Id, row.RowKey, ct);
            }
        }
    }

    /// <summary>What leads to sessions that nobody can use any more.</summary>
    public Round ExpiredRound(DateTimeOffset now) => new("staff-sessions", tables.Index, Partition, To: $"{now.UtcTicks:D19}~");

    /// <param name="row">What leads to it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        await CloseByHashAsync(row.GetString("operator"), row.GetString("session"), ct);
        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    private AsyncPageable<TableEntity> OwnRows(Operator of, CancellationToken ct) =>
        tables.Sessions.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {of.Id}"), cancellationToken: ct);

    /// <summary>What counts goes first.</summary>
    /// <param name="of">Null for one that was opened before operators could see theirs.</param>
    /// <param name="hash">Of its token.</param>
    /// <param name="ct">Stops the wait.</param>
    private async Task CloseByHashAsync(string? of, string hash, CancellationToken ct)
    {
        await tables.Sessions.RemoveAsync(hash, Row, ct);
        if (of is not null)
        {
            await tables.Sessions.RemoveAsync(of, hash, ct);
        }
    }
}
