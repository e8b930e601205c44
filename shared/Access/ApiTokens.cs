using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Access;

/// <summary>What a program signs in with. The token itself is never stored.</summary>
/// <param name="Account">Whose bots it reaches.</param>
/// <param name="By">The member who made it: it can do no more than he may.</param>
/// <param name="Deployment">The only bot that it reaches; null for all.</param>
/// <param name="LastUsedAt">To ten minutes; null for never.</param>
public sealed record ApiToken(
    string Id, string Account, string By, string Name, IReadOnlyList<Permission> May, string? Deployment, DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>Tokens of programs, by the hash of each: who reads the table cannot call with it.</summary>
public sealed class ApiTokenStore(Tables tables, TimeProvider clock) : IExpiring
{
    private const string IdPrefix = "tok";
    private const string TokenPrefix = "lpt_";
    private const string Row = "token";
    private const string Partition = "token-";
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(10);

    /// <summary>How long before a token ends its maker is written to.</summary>
    public static readonly TimeSpan ToldBefore = TimeSpan.FromDays(7);

    public const int PerAccountMax = 50;
    public static readonly TimeSpan LifetimeMax = TimeSpan.FromDays(365);

    public static bool IsToken(string token) => token.StartsWith(TokenPrefix, StringComparison.Ordinal);

    public static bool IsId(string id) => Ids.IsValid(id, IdPrefix);

    /// <summary>The token, 256 random bits as base64url after `lpt_`, by which scanners for lost secrets know it.</summary>
    /// <returns>Null when the account has too many.</returns>
    public async Task<(string Token, ApiToken Kept)?> AddAsync(
        string account, string by, string name, IReadOnlyList<Permission> may, string? deployment, TimeSpan lifetime, CancellationToken ct)
    {
        if ((await ListAsync(account, ct)).Count >= PerAccountMax)
        {
            return null;
        }

        var token = TokenPrefix + BearerToken.New();
        var (hash, now) = (BearerToken.Hash(token), clock.GetUtcNow());
        var kept = new ApiToken(Ids.New(IdPrefix, clock), account, by, name, may, deployment, now, now + lifetime, null);
        // What leads to its end comes first, then what lists it, and what opens comes last: none that works is in no list.
        await tables.Index.UpsertEntityAsync(
            new TableEntity(Partition + Shards.KeyOf(hash), $"{kept.ExpiresAt.UtcTicks:D19}-{hash}") { ["account"] = account, ["token"] = kept.Id },
            TableUpdateMode.Replace, ct);
        await tables.Members.AddEntityAsync(Write(kept, hash), ct);
        await tables.Members.AddEntityAsync(new TableEntity(hash, Row) { ["account"] = account, ["token"] = kept.Id }, ct);
        return (token, kept);
    }

    /// <summary>Null for one that never was, is over or was taken back.</summary>
    public async Task<ApiToken?> FindAsync(string token, CancellationToken ct)
    {
        if (await tables.Members.FindAsync(BearerToken.Hash(token), Row, ct) is not { } way
            || await tables.Members.FindAsync(way.GetString("account"), way.GetString("token"), ct) is not { } row)
        {
            return null;
        }

        var (found, now) = (Read(row), clock.GetUtcNow());
        if (found.ExpiresAt <= now)
        {
            return null;
        }

        if (!(now - found.LastUsedAt < UseStep))
        {
            await UseAsync(row, now, ct);
        }

        return found;
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(string account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return [.. (await Rows(account, ct).Select(Read).ToListAsync(ct)).Where(token => token.ExpiresAt > now).OrderByDescending(token => token.CreatedAt)];
    }

    /// <summary>It opens nothing from now on. Null when the account has none of that id.</summary>
    public async Task<ApiToken?> RemoveAsync(string account, string id, CancellationToken ct)
    {
        if (await tables.Members.FindAsync(account, id, ct) is not { } row)
        {
            return null;
        }

        // What opens goes first.
        await tables.Members.RemoveAsync(row.GetString("hash"), Row, ct);
        await tables.Members.RemoveAsync(account, id, ct);
        return Read(row);
    }

    /// <summary>None of an account's opens anything from now on, whoever made it.</summary>
    public async Task RemoveAllAsync(string account, CancellationToken ct)
    {
        await foreach (var row in Rows(account, ct))
        {
            await RemoveAsync(account, row.RowKey, ct);
        }
    }

    /// <summary>None opens anything from now on that a person made in an account.</summary>
    public async Task RemoveMadeByAsync(string account, string person, CancellationToken ct)
    {
        await foreach (var row in Rows(account, ct).Where(row => row.GetString("by") == person))
        {
            await RemoveAsync(account, row.RowKey, ct);
        }
    }

    /// <summary>What leads to those that end soon.</summary>
    public Round EndingRound(DateTimeOffset now) =>
        new("tokens-ending", tables.Index, Partition, From: $"{now.UtcTicks:D19}", To: $"{(now + ToldBefore).UtcTicks:D19}~");

    /// <param name="leading">What leads to it.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null where it was taken back.</returns>
    public async Task<ApiToken?> FindAsync(TableEntity leading, CancellationToken ct) =>
        await tables.Members.FindAsync(leading.GetString("account"), leading.GetString("token"), ct) is { } row ? Read(row) : null;

    /// <inheritdoc/>
    public Round ExpiredRound(DateTimeOffset now) => new("tokens", tables.Index, Partition, To: $"{now.UtcTicks:D19}~");

    /// <inheritdoc/>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        await RemoveAsync(row.GetString("account"), row.GetString("token"), ct);
        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    private AsyncPageable<TableEntity> Rows(string account, CancellationToken ct) => tables.Members.QueryAsync<TableEntity>(
        TableClient.CreateQueryFilter($"PartitionKey eq {account} and RowKey gt {IdPrefix + "_"} and RowKey lt {IdPrefix + "`"}"), cancellationToken: ct);

    /// <summary>Whoever took it back meanwhile has the last word.</summary>
    private async Task UseAsync(TableEntity row, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            await tables.Members.UpdateEntityAsync(
                new TableEntity(row.PartitionKey, row.RowKey) { ["lastUsedAt"] = now }, row.ETag, TableUpdateMode.Merge, ct);
        }
        catch (RequestFailedException other) when (other.Status is 404 or 412)
        {
            // It is gone, or another request just said the same.
        }
    }

    private static TableEntity Write(ApiToken token, string hash) => new(token.Account, token.Id)
    {
        ["hash"] = hash,
        ["by"] = token.By,
        ["name"] = token.Name,
        ["may"] = string.Join(' ', token.May),
        ["deployment"] = token.Deployment,
        ["createdAt"] = token.CreatedAt,
        ["expiresAt"] = token.ExpiresAt,
    };

    private static ApiToken Read(TableEntity row) => new(
        row.RowKey, row.PartitionKey, row.GetString("by"), row.GetString("name"),
        [.. row.GetString("may").Split(' ').Select(Enum.Parse<Permission>)], row.GetString("deployment"),
        row.GetDateTimeOffset("createdAt")!.Value, row.GetDateTimeOffset("expiresAt")!.Value, row.GetDateTimeOffset("lastUsedAt"));
}
