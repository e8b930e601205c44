using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Staff;

/// <summary>Operators by their addresses. They are made, reset and removed on the machine or with the rights to its storage, by no request.</summary>
public sealed class OperatorStore(Tables tables, TimeProvider clock)
{
    private const string Partition = "operator";
    private const string Addresses = "addresses";
    private const string Hash = "passwordHash";
    private const string MadeAt = "passwordMadeAt";
    private const string UsedAt = "passwordUsedAt";
    private const string ChangedAt = "passwordChangedAt";
    private const string SignedOutAt = "signedOutAt";
    private const int ListMax = 1_000;

    /// <param name="email">In its one form (<see cref="EmailAddress.Normalize"/>).</param>
    /// <param name="passwordHash">Of <see cref="Passwords"/>, of a password that was made for him.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null when there is one of that address.</returns>
    public async Task<Operator?> AddAsync(string email, string passwordHash, CancellationToken ct)
    {
        var added = new Operator(Ids.New(Operator.Prefix, clock), email, clock.GetUtcNow());
        var row = new TableEntity(Partition, Key(email))
        {
            ["id"] = added.Id,
            ["email"] = email,
            [Hash] = passwordHash,
            [MadeAt] = added.CreatedAt,
            ["createdAt"] = added.CreatedAt,
        };
        return await tables.Operators.TryAddAsync(row, ct) ? added : null;
    }

    /// <summary>His sessions end with it, and his second factor. Null when there was none of that address.</summary>
    public async Task<Operator?> RemoveAsync(string email, CancellationToken ct)
    {
        var known = await FindByEmailAsync(email, ct);
        await tables.Operators.RemoveAsync(Partition, Key(email), ct);
        if (known is not null)
        {
            await RemoveFactorAsync(known.Operator, ct);
        }

        return known?.Operator;
    }

    /// <summary>For who has lost his password or his authenticator: another password is made for him, he has no second factor any more,
    /// and his sessions end.</summary>
    /// <param name="email">As for <see cref="AddAsync"/>.</param>
    /// <param name="passwordHash">As for <see cref="AddAsync"/>.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null when there is none of that address.</returns>
    public async Task<Operator?> ResetAsync(string email, string passwordHash, CancellationToken ct)
    {
        if (await FindByEmailAsync(email, ct) is not { Operator: var known } || !await ChangeAsync(known, Reset, ct))
        {
            return null;
        }

        // Nobody has been told the password yet, so nobody comes between.
        await RemoveFactorAsync(known, ct);
        return known;

        bool Reset(TableEntity row)
        {
            (row[Hash], row[MadeAt], row[SignedOutAt]) = (passwordHash, clock.GetUtcNow(), clock.GetUtcNow());
            row.Remove(UsedAt);
            return true;
        }
    }

    /// <summary>He has one of his own from now on, and whoever is signed in as him is so no more. False when he was removed meanwhile.</summary>
    public Task<bool> SetPasswordAsync(Operator of, string passwordHash, CancellationToken ct) => ChangeAsync(
        of,
        row =>
        {
            (row[Hash], row[ChangedAt], row[SignedOutAt]) = (passwordHash, clock.GetUtcNow(), clock.GetUtcNow());
            row.Remove(MadeAt);
            row.Remove(UsedAt);
            return true;
        },
        ct);

    /// <summary>Makes use of a password that was made for him. False when somebody has, or there is another one by now.</summary>
    public Task<bool> TryUseAsync(OperatorLogin login, CancellationToken ct) => ChangeAsync(
        login.Operator,
        row =>
        {
            if (row.GetString(Hash) != login.PasswordHash || row.ContainsKey(UsedAt))
            {
                return false;
            }

            row[UsedAt] = clock.GetUtcNow();
            return true;
        },
        ct);

    public async Task<IReadOnlyList<Operator>> ListAsync(CancellationToken ct) =>
        await tables.Operators.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: ct)
            .Take(ListMax).Select(Read).OrderBy(one => one.Id, StringComparer.Ordinal).ToListAsync(ct);

    public async Task<OperatorLogin?> FindByEmailAsync(string typed, CancellationToken ct) =>
        EmailAddress.Normalize(typed) is { } email && await tables.Operators.FindAsync(Partition, Key(email), ct) is { } row
            ? new(
                Read(row), row.GetString(Hash), row.GetString(Addresses)?.Split(' ') ?? [],
                row.GetDateTimeOffset(MadeAt) is { } made ? new(made, row.ContainsKey(UsedAt)) : null,
                row.GetDateTimeOffset(ChangedAt), row.GetDateTimeOffset(SignedOutAt))
            : null;

    /// <summary>Keeps that he signed in from there.</summary>
    public async Task RememberAsync(OperatorLogin login, string address, CancellationToken ct)
    {
        if (login.Knows(address))
        {
            return;
        }

        var addresses = login.Addresses.Prepend(Login.Digest(login.Operator.Id, address)).Take(Login.AddressesMax);
        await tables.Operators.UpdateEntityAsync(
            new TableEntity(Partition, Key(login.Operator.Email)) { [Addresses] = string.Join(' ', addresses) }, ETag.All,
            TableUpdateMode.Merge, ct);
    }

    /// <param name="of">Whose row; one that was added again under the address is another.</param>
    /// <param name="change">False to leave it as it is.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Whether it was changed.</returns>
    private async Task<bool> ChangeAsync(Operator of, Func<TableEntity, bool> change, CancellationToken ct)
    {
        while (await tables.Operators.FindAsync(Partition, Key(of.Email), ct) is { } row && row.GetString("id") == of.Id && change(row))
        {
            if (await tables.Operators.TryReplaceAsync(row, row.ETag, ct))
            {
                return true;
            }
        }

        return false;
    }

    private Task<int> RemoveFactorAsync(Operator of, CancellationToken ct) => tables.Operators.RemovePartitionAsync(of.Id, ct);

    private static Operator Read(TableEntity row) =>
        new(row.GetString("id"), row.GetString("email"), row.GetDateTimeOffset("createdAt")!.Value);

    private static string Key(string email) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(EmailAddress.Key(email))));
}
