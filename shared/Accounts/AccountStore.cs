using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Accounts;

/// <summary>An account and what is needed to let somebody in to it.</summary>
/// <param name="Addresses">Digests of the network addresses that it was signed in to from, the newest first.</param>
public sealed record Login(Account Account, string PasswordHash, IReadOnlyList<string> Addresses)
{
    internal const int AddressesMax = 8;

    public bool Knows(string address) => Addresses.Contains(Digest(Account.Id, address));

    /// <summary>An address is told again, and never told to who reads the table.</summary>
    internal static string Digest(string account, string address) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{account} {address}")).AsSpan(0, 16));
}

/// <summary>Accounts, and the index that keeps an e-mail address unique.</summary>
public sealed class AccountStore(Tables tables, Outbox outbox, TimeProvider clock)
{
    internal const string Profile = "profile";
    private const string Addresses = "addresses";
    private const string Moving = "moving";
    private const string MovedAt = "movedAt";

    /// <summary>For how long an address that an account was moved away from is nobody else's: who lost it that way gets it back.</summary>
    public static readonly TimeSpan ReturnFor = TimeSpan.FromDays(7);

    /// <summary>Null when the address has an account already. The address is claimed first, so two sign-ups cannot both win;
    /// a claim whose account was never written (a crash between the two) is taken over by the next sign-up.</summary>
    /// <param name="typed">The same address as it was typed.</param>
    /// <param name="address">From where it was asked.</param>
    public async Task<Account?> CreateAsync(string email, string typed, string passwordHash, string address, CancellationToken ct)
    {
        var account = new Account(Ids.New(Ids.Account, clock), email, clock.GetUtcNow());
        var key = Hash(EmailAddress.Key(email));
        var claim = new TableEntity(key, Profile) { ["account"] = account.Id };
        if (await FindByEmailAsync(typed, ct) is not null
            || (!await tables.Emails.TryAddAsync(claim, ct) && !await TakeOverAsync(key, claim, ct)))
        {
            return null;
        }

        var profile = new TableEntity(account.Id, Profile)
        {
            ["email"] = email,
            ["passwordHash"] = passwordHash,
            ["createdAt"] = account.CreatedAt,
            [Addresses] = Login.Digest(account.Id, address),
        };
        var letter = await outbox.PrepareAsync(account.Id, LetterKinds.ConfirmAddress, "confirm", null, ct);
        await tables.Accounts.SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, profile), new(TableTransactionActionType.Add, letter)], ct);
        return account;
    }

    /// <summary>What the account's password is compared with; null for an account that is not there.</summary>
    public async Task<string?> PasswordHashAsync(string id, CancellationToken ct) =>
        (await ProfileAsync(id, ct))?.GetString("passwordHash");

    /// <summary>Null when there is none, or none any more.</summary>
    public async Task<Account?> FindAsync(string id, CancellationToken ct) => await ProfileAsync(id, ct) is { } row ? Read(row) : null;

    /// <summary>Accounts were once kept under what was typed: that comes first, so that who had two loses neither; then every other
    /// spelling.</summary>
    public async Task<Login?> FindByEmailAsync(string typed, CancellationToken ct)
    {
        var others = EmailAddress.Normalize(typed) is { } email ? EmailAddress.Spellings(email) : [];
        foreach (var spelling in others.Prepend(EmailAddress.Key(typed)).Distinct())
        {
            var claim = await tables.Emails.FindAsync(Hash(spelling), Profile, ct);
            if (claim is not null && await ProfileAsync(claim.GetString("account"), ct) is { } row
                && (IsLasting(claim, row) || EmailAddress.Key(row.GetString("email")) == spelling))
            {
                return new(Read(row), row.GetString("passwordHash"), row.GetString(Addresses)?.Split(' ') ?? []);
            }
        }

        return null;
    }

    /// <summary>Keeps that the account was signed in to from there.</summary>
    public async Task RememberAsync(Login login, string address, CancellationToken ct)
    {
        if (!login.Knows(address))
        {
            var addresses = login.Addresses.Prepend(Login.Digest(login.Account.Id, address)).Take(Login.AddressesMax);
            await tables.Accounts.UpdateEntityAsync(
                new TableEntity(login.Account.Id, Profile) { [Addresses] = string.Join(' ', addresses) }, ETag.All, TableUpdateMode.Merge,
                ct);
        }
    }

    /// <summary>Keeps an address for an account that is about to have it. False when it is, or was a few days ago, another's.</summary>
    public async Task<bool> ClaimAsync(string account, string email, CancellationToken ct)
    {
        var key = Hash(EmailAddress.Key(email));
        if (await tables.Emails.FindAsync(key, Profile, ct) is { } held && held.GetString("account") == account)
        {
            return true;
        }

        var claim = new TableEntity(key, Profile) { ["account"] = account, [Moving] = true };
        return await FindByEmailAsync(email, ct) is null
            && (await tables.Emails.TryAddAsync(claim, ct) || await TakeOverAsync(key, claim, ct));
    }

    /// <summary>Nobody has the address any more.</summary>
    public async Task FreeAsync(Account account, CancellationToken ct)
    {
        var key = Hash(EmailAddress.Key(account.Email));
        if (await tables.Emails.FindAsync(key, Profile, ct) is { } claim && claim.GetString("account") == account.Id)
        {
            await tables.Emails.RemoveAsync(key, Profile, ct);
        }
    }

    /// <summary>What of a profile changes when its address does.</summary>
    internal static Dictionary<string, object> Moved(string email, DateTimeOffset now) => new()
    {
        ["email"] = email,
        ["emailVerifiedAt"] = now,
        [MovedAt] = now,
    };

    /// <summary>Whether the claim leads to the account whatever its address is called today: accounts were once kept under what was typed.
    /// Of one that ever changed its address, only the claim of the one that it has does.</summary>
    private static bool IsLasting(TableEntity claim, TableEntity row) => !claim.ContainsKey(Moving) && row.GetDateTimeOffset(MovedAt) is null;

    private async Task<bool> TakeOverAsync(string key, TableEntity claim, CancellationToken ct)
    {
        var (held, now) = (await tables.Emails.FindAsync(key, Profile, ct), clock.GetUtcNow());
        if (held is null || held.Timestamp >= now.AddMinutes(-1))
        {
            return false;
        }

        var owner = await tables.Accounts.FindAsync(held.GetString("account"), Profile, ct);
        var isLeft = owner is null
            || (!IsLasting(held, owner) && Hash(EmailAddress.Key(owner.GetString("email"))) != key
                && (owner.GetDateTimeOffset(MovedAt) ?? DateTimeOffset.MinValue) < now - ReturnFor);
        return isLeft && await tables.Emails.TryReplaceAsync(claim, held.ETag, ct);
    }

    /// <summary>Of an account that is closed, what is left is nobody's.</summary>
    private async Task<TableEntity?> ProfileAsync(string id, CancellationToken ct) =>
        await tables.Accounts.FindAsync(id, Profile, ct) is { } row && !row.ContainsKey(AccountEnds.ClosedAt) ? row : null;

    internal static Account Read(TableEntity row) => new(
        row.PartitionKey, row.GetString("email"), row.GetDateTimeOffset("createdAt")!.Value, row.GetDateTimeOffset("emailVerifiedAt"),
        row.GetDateTimeOffset("passwordChangedAt"), row.GetDateTimeOffset("signedOutAt"), Time(row, "secondFactorSince"),
        Time(row, AccountEnds.ClosesAt), Time(row, AccountSecurity.LockedAt));

    /// <summary>What was once written cannot be unwritten by a change of the row's other parts: the beginning of time stands for never.</summary>
    private static DateTimeOffset? Time(TableEntity row, string name) =>
        row.GetDateTimeOffset(name) is { } at && at > DateTimeOffset.UnixEpoch ? at : null;

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
