using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Accounts;

/// <summary>Accounts, and the index that keeps an e-mail address unique.</summary>
public sealed class AccountStore(Tables tables, TimeProvider clock)
{
    private const string Profile = "profile";

    /// <summary>Null when the address has an account already. The address is claimed first, so two sign-ups cannot both win;
    /// a claim whose account was never written (a crash between the two) is taken over by the next sign-up.</summary>
    public async Task<Account?> CreateAsync(string email, string passwordHash, CancellationToken ct)
    {
        var account = new Account(Ids.New(Ids.Account, clock), email, clock.GetUtcNow());
        var key = EmailKey(email);
        var claim = new TableEntity(key, Profile) { ["account"] = account.Id };
        if (!await tables.Emails.TryAddAsync(claim, ct) && !await TakeOverAsync(key, claim, ct))
        {
            return null;
        }

        await tables.Accounts.AddEntityAsync(
            new TableEntity(account.Id, Profile)
            {
                ["email"] = email,
                ["passwordHash"] = passwordHash,
                ["createdAt"] = account.CreatedAt,
            },
            ct);
        return account;
    }

    public async Task<Account?> FindAsync(string id, CancellationToken ct) =>
        await tables.Accounts.FindAsync(id, Profile, ct) is { } row ? Read(row) : null;

    public async Task<(Account Account, string PasswordHash)?> FindByEmailAsync(string email, CancellationToken ct)
    {
        var claim = await tables.Emails.FindAsync(EmailKey(email), Profile, ct);
        var row = claim is null ? null : await tables.Accounts.FindAsync(claim.GetString("account"), Profile, ct);
        return row is null ? null : (Read(row), row.GetString("passwordHash"));
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

    private static string EmailKey(string email) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(email.ToLowerInvariant())));
}
