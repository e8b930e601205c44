using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Access;

/// <summary>A person who works in an account that is not his.</summary>
/// <param name="Person">The account that he signs in to.</param>
public sealed record Member(string Account, string Person, string Email, Role Role, DateTimeOffset Since);

/// <param name="Email">Of whom it is for: nobody else can take it.</param>
public sealed record Invitation(string Id, string Account, string Email, Role Role, string By, DateTimeOffset ExpiresAt);

/// <summary>Who works in which account. A person signs in to his own, and is let into others by invitation.</summary>
public sealed class MemberStore(Tables tables, ApiTokenStore tokens, TimeProvider clock) : IExpiring
{
    private const string IdPrefix = "inv";
    private const string Way = "invitation";
    private const string Partition = "invitation-";
    private const string MemberKey = "member-";
    private const string OfKey = "of-";

    public const int PerAccountMax = 100;
    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(7);

    public static bool IsInvitation(string id) => Ids.IsValid(id, IdPrefix);

    /// <summary>Null when the person is no member.</summary>
    public async Task<Member?> FindAsync(string account, string person, CancellationToken ct) =>
        await tables.Members.FindAsync(account, MemberKey + person, ct) is { } row ? Read(row) : null;

    public async Task<IReadOnlyList<Member>> ListAsync(string account, CancellationToken ct) =>
        [.. (await RowsAsync(account, MemberKey, ct)).Select(Read).OrderBy(member => member.Since)];

    /// <summary>The accounts that a person was let into.</summary>
    public async Task<IReadOnlyList<string>> AccountsOfAsync(string person, CancellationToken ct) =>
        [.. (await RowsAsync(person, OfKey, ct)).Select(row => row.RowKey[OfKey.Length..])];

    /// <summary>Null when he is no member (any more).</summary>
    public async Task<Member?> ChangeAsync(string account, string person, Role role, CancellationToken ct)
    {
        try
        {
            await tables.Members.UpdateEntityAsync(
                new TableEntity(account, MemberKey + person) { ["role"] = role.ToString() }, ETag.All, TableUpdateMode.Merge, ct);
            return await FindAsync(account, person, ct);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return null;
        }
    }

    /// <summary>He is let in no more, at once, and the tokens that he made there go with him: first, so that whoever finds only some of
    /// it done finds him a member, and does it again.</summary>
    public async Task RemoveAsync(string account, string person, CancellationToken ct)
    {
        await tokens.RemoveMadeByAsync(account, person, ct);
        await tables.Members.RemoveAsync(account, MemberKey + person, ct);
        await tables.Members.RemoveAsync(person, OfKey + account, ct);
    }

    /// <summary>Nobody works in the account any more or is invited to, and its person works in no other.</summary>
    public async Task RemoveAllAsync(string account, CancellationToken ct)
    {
        foreach (var member in await RowsAsync(account, MemberKey, ct))
        {
            await RemoveAsync(account, member.RowKey[MemberKey.Length..], ct);
        }

        foreach (var invitation in await RowsAsync(account, IdPrefix + "_", ct))
        {
            await WithdrawAsync(account, invitation.RowKey, ct);
        }

        foreach (var workplace in await AccountsOfAsync(account, ct))
        {
            await RemoveAsync(workplace, account, ct);
        }
    }

    /// <summary>The word that lets in, shown once. One for the same address before it is good no longer.</summary>
    public async Task<(string Token, Invitation Kept)> InviteAsync(string account, string email, Role role, string by, CancellationToken ct)
    {
        foreach (var former in (await InvitationsAsync(account, ct)).Where(one => EmailAddress.Key(one.Email) == EmailAddress.Key(email)))
        {
            await WithdrawAsync(account, former.Id, ct);
        }

        var token = BearerToken.New();
        var hash = BearerToken.Hash(token);
        var kept = new Invitation(Ids.New(IdPrefix, clock), account, email, role, by, clock.GetUtcNow() + InvitationLifetime);
        await tables.Index.UpsertEntityAsync(
            new TableEntity(Partition + Shards.KeyOf(hash), $"{kept.ExpiresAt.UtcTicks:D19}-{hash}") { ["account"] = account, ["invitation"] = kept.Id },
            TableUpdateMode.Replace, ct);
        await tables.Members.AddEntityAsync(
            new TableEntity(account, kept.Id)
            {
                ["hash"] = hash,
                ["email"] = email,
                ["role"] = role.ToString(),
                ["by"] = by,
                ["expiresAt"] = kept.ExpiresAt,
            },
            ct);
        await tables.Members.AddEntityAsync(new TableEntity(hash, Way) { ["account"] = account, ["invitation"] = kept.Id }, ct);
        return (token, kept);
    }

    /// <summary>Those that can still be taken, newest first.</summary>
    public async Task<IReadOnlyList<Invitation>> InvitationsAsync(string account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return [.. (await RowsAsync(account, IdPrefix + "_", ct)).Select(ReadInvitation)
            .Where(one => one.ExpiresAt > now).OrderByDescending(one => one.ExpiresAt)];
    }

    /// <summary>False when there is none of that id.</summary>
    public async Task<bool> WithdrawAsync(string account, string id, CancellationToken ct)
    {
        if (await tables.Members.FindAsync(account, id, ct) is not { } row)
        {
            return false;
        }

        await tables.Members.RemoveAsync(row.GetString("hash"), Way, ct);
        await tables.Members.RemoveAsync(account, id, ct);
        return true;
    }

    /// <summary>Lets in whom it is for, once. Null for a word that is not known, is over, or is for somebody else: which, is nobody's
    /// business.</summary>
    public async Task<Member?> AcceptAsync(string token, Account person, CancellationToken ct)
    {
        if (await tables.Members.FindAsync(BearerToken.Hash(token), Way, ct) is not { } way
            || await tables.Members.FindAsync(way.GetString("account"), way.GetString("invitation"), ct) is not { } row
            || ReadInvitation(row) is not { } invitation || invitation.ExpiresAt <= clock.GetUtcNow()
            || EmailAddress.Key(invitation.Email) != EmailAddress.Key(person.Email) || invitation.Account == person.Id)
        {
            return null;
        }

        // Who is let in anew begins anew; who is in already stays since when he was.
        var since = (await FindAsync(invitation.Account, person.Id, ct))?.Since ?? clock.GetUtcNow();
        var member = new Member(invitation.Account, person.Id, person.Email, invitation.Role, since);
        // The way back first: whoever is let in finds the account in his list.
        await tables.Members.UpsertEntityAsync(new TableEntity(person.Id, OfKey + member.Account), TableUpdateMode.Replace, ct);
        await tables.Members.UpsertEntityAsync(
            new TableEntity(member.Account, MemberKey + person.Id)
            {
                ["email"] = member.Email,
                ["role"] = member.Role.ToString(),
                ["since"] = member.Since,
            },
            TableUpdateMode.Replace, ct);
        await WithdrawAsync(member.Account, invitation.Id, ct);
        return member;
    }

    /// <inheritdoc/>
    public Round ExpiredRound(DateTimeOffset now) => new("invitations", tables.Index, Partition, To: $"{now.UtcTicks:D19}~");

    /// <inheritdoc/>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        await WithdrawAsync(row.GetString("account"), row.GetString("invitation"), ct);
        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    private async Task<IReadOnlyList<TableEntity>> RowsAsync(string partition, string prefix, CancellationToken ct) =>
        await tables.Members.QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {prefix} and RowKey lt {prefix + "~"}"), cancellationToken: ct)
            .ToListAsync(ct);

    private static Member Read(TableEntity row) => new(
        row.PartitionKey, row.RowKey[MemberKey.Length..], row.GetString("email"), Enum.Parse<Role>(row.GetString("role")),
        row.GetDateTimeOffset("since")!.Value);

    private static Invitation ReadInvitation(TableEntity row) => new(
        row.RowKey, row.PartitionKey, row.GetString("email"), Enum.Parse<Role>(row.GetString("role")), row.GetString("by"),
        row.GetDateTimeOffset("expiresAt")!.Value);
}
