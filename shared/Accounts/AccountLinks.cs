using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Accounts;

public enum LinkPurpose
{
    /// <summary>Confirms the address that it was sent to.</summary>
    Verify,

    /// <summary>Sets a new password.</summary>
    Reset,

    /// <summary>Makes the address that it was sent to the account's.</summary>
    Move,

    /// <summary>Gives an account the address back that it was moved away from.</summary>
    Return,
}

/// <summary>A link that somebody has followed.</summary>
public sealed record Link(string Account, LinkPurpose Purpose, TableEntity Row)
{
    /// <summary>The address that the account has afterwards; null where it keeps its own.</summary>
    public string? Email => Row.GetString("email");
}

/// <summary>One-time links that are sent by mail, by the hash of their token. One that is used takes the others of its kind along.</summary>
public sealed class AccountLinks(Tables tables, TimeProvider clock)
{
    private const int RandomLength = 43;

    /// <param name="account">Whose.</param>
    /// <param name="purpose">What it does.</param>
    /// <param name="email">The address that the account has afterwards; null where it keeps its own.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<string> MakeAsync(string account, LinkPurpose purpose, string? email, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await foreach (var old in Rows(account, purpose, ct).Where(row => row.GetDateTimeOffset("expiresAt") <= now))
        {
            await tables.Accounts.RemoveAsync(account, old.RowKey, ct);
        }

        // The account is in the token, so that its links lie with it.
        var token = $"{account}.{BearerToken.New()}";
        await tables.Accounts.AddEntityAsync(
            new TableEntity(account, RowKey(token, purpose)) { ["expiresAt"] = now + LifetimeOf(purpose), ["email"] = email }, ct);
        return token;
    }

    /// <summary>Null when it is over, or never was.</summary>
    public async Task<Link?> FindAsync(string? token, LinkPurpose purpose, CancellationToken ct) =>
        token?.Split('.') is [var account, { Length: RandomLength }] && Ids.IsValid(account, Ids.Account)
        && await tables.Accounts.FindAsync(account, RowKey(token, purpose), ct) is { } row
        && row.GetDateTimeOffset("expiresAt") > clock.GetUtcNow()
            ? new(account, purpose, row)
            : null;

    /// <summary>What has to be in the transaction that makes use of it. It fails where the link was used meanwhile. One that changes the
    /// address takes along what was sent to the address before; but what gives an address back lasts until that is done.</summary>
    public async Task<IReadOnlyList<TableTransactionAction>> UsedAsync(Link link, CancellationToken ct)
    {
        List<TableTransactionAction> all = [new(TableTransactionActionType.Delete, link.Row, link.Row.ETag)];
        foreach (var purpose in Enum.GetValues<LinkPurpose>().Where(purpose => EndsWith(link.Purpose, purpose)))
        {
            all.AddRange(await Rows(link.Account, purpose, ct).Where(row => row.RowKey != link.Row.RowKey)
                .Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)).ToListAsync(ct));
        }

        return all;
    }

    private static bool EndsWith(LinkPurpose used, LinkPurpose other) => used switch
    {
        LinkPurpose.Return => true,
        LinkPurpose.Move => other is not LinkPurpose.Return,
        _ => other == used,
    };

    private static TimeSpan LifetimeOf(LinkPurpose purpose) => purpose switch
    {
        LinkPurpose.Verify or LinkPurpose.Move => TimeSpan.FromHours(24),
        LinkPurpose.Return => AccountStore.ReturnFor,
        _ => TimeSpan.FromHours(1),
    };

    private static string Prefix(LinkPurpose purpose) => $"link-{purpose.Wire()}-";

    private static string RowKey(string token, LinkPurpose purpose) =>
        Prefix(purpose) + BearerToken.Hash(token);

    private AsyncPageable<TableEntity> Rows(string account, LinkPurpose purpose, CancellationToken ct) =>
        tables.Accounts.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {account} and RowKey ge {Prefix(purpose)} and RowKey lt {Prefix(purpose) + "~"}"),
            cancellationToken: ct);
}
