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

/// <summary>Sessions of operators, by the hash of their token. They lie beside those of customers under another key, so that a token of the
/// one kind never opens anything of the other.</summary>
public sealed class StaffSessions(Tables tables, OperatorStore operators, OperatorFactors factors, TimeProvider clock) : IExpiring
{
    private const string Row = "staff";
    private const string Partition = "staffsession-";
    private const string FreshAt = "freshAt";
    private const int TokenLength = 43;

    /// <summary>A working day: whoever comes back to an open browser the next morning signs in again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>A new session's token, 256 random bits as base64url, and its end.</summary>
    public async Task<(string Token, DateTimeOffset ExpiresAt)> OpenAsync(Operator of, CancellationToken ct)
    {
        var token = BearerToken.New();
        var (hash, now) = (BearerToken.Hash(token), clock.GetUtcNow());
        var expires = now + Lifetime;
        // What leads to its end comes first, so that none is kept for good.
        await tables.Index.UpsertEntityAsync(
            new TableEntity(Partition + Shards.KeyOf(hash), $"{expires.UtcTicks:D19}-{hash}") { ["session"] = hash },
            TableUpdateMode.Replace, ct);
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

    public Task CloseAsync(string token, CancellationToken ct) => tables.Sessions.RemoveAsync(BearerToken.Hash(token), Row, ct);

    /// <summary>What leads to sessions that nobody can use any more.</summary>
    public Round ExpiredRound(DateTimeOffset now) => new("staff-sessions", tables.Index, Partition, To: $"{now.UtcTicks:D19}~");

    /// <param name="row">What leads to it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        await tables.Sessions.RemoveAsync(row.GetString("session"), Row, ct);
        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }
}
