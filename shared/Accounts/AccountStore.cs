using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
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
public sealed class AccountStore(Tables tables, TimeProvider clock)
{
    private const string Profile = "profile";
    private const string Addresses = "addresses";

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

        await tables.Accounts.AddEntityAsync(
            new TableEntity(account.Id, Profile)
            {
                ["email"] = email,
                ["passwordHash"] = passwordHash,
                ["createdAt"] = account.CreatedAt,
                [Addresses] = Login.Digest(account.Id, address),
            },
            ct);
        return account;
    }

    public async Task<Account?> FindAsync(string id, CancellationToken ct) =>
        await tables.Accounts.FindAsync(id, Profile, ct) is { } row ? Read(row) : null;

    /// <summary>Accounts were once kept under what was typed: that comes first, so that who had two loses neither; then every other
    /// spelling.</summary>
    public async Task<Login?> FindByEmailAsync(string typed, CancellationToken ct)
    {
        var others = EmailAddress.Normalize(typed) is { } email ? EmailAddress.Spellings(email) : [];
        foreach (var spelling in others.Prepend(EmailAddress.Key(typed)).Distinct())
        {
            var claim = await tables.Emails.FindAsync(Hash(spelling), Profile, ct);
            if (claim is not null && await tables.Accounts.FindAsync(claim.GetString("account"), Profile, ct) is { } row)
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

    private async Task<bool> TakeOverAsync(string key, TableEntity claim, CancellationToken ct)
    {
        var held = await tables.Emails.FindAsync(key, Profile, ct);
        var abandoned = held is not null
            && held.Timestamp < clock.GetUtcNow().AddMinutes(-1)
            && await tables.Accounts.FindAsync(held.GetString("account"), Profile, ct) is null;
        return abandoned && await tables.Emails.TryReplaceAsync(claim, held!.ETag, ct);
    }

    private static Account Read(TableEntity row) =>
        new(row.PartitionKey, row.GetString("email"), row.GetDateTimeOffset("createdAt")!.Value);

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
