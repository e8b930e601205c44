using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Staff;

/// <summary>Operators by their addresses. They are made and removed on the machine or with the rights to its storage, by no request.</summary>
public sealed class OperatorStore(Tables tables, TimeProvider clock)
{
    private const string Partition = "operator";
    private const string Addresses = "addresses";
    private const int ListMax = 1_000;

    /// <param name="email">In its one form (<see cref="EmailAddress.Normalize"/>).</param>
    /// <param name="passwordHash">Of <see cref="Passwords"/>.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null when there is one of that address.</returns>
    public async Task<Operator?> AddAsync(string email, string passwordHash, CancellationToken ct)
    {
        var added = new Operator(Ids.New(Operator.Prefix, clock), email, clock.GetUtcNow());
        var row = new TableEntity(Partition, Key(email))
        {
            ["id"] = added.Id,
            ["email"] = email,
            ["passwordHash"] = passwordHash,
            ["createdAt"] = added.CreatedAt,
        };
        return await tables.Operators.TryAddAsync(row, ct) ? added : null;
    }

    /// <summary>His sessions end with it. False when there is none of that address.</summary>
    public async Task<bool> RemoveAsync(string email, CancellationToken ct)
    {
        var known = await FindByEmailAsync(email, ct) is not null;
        await tables.Operators.RemoveAsync(Partition, Key(email), ct);
        return known;
    }

    public async Task<IReadOnlyList<Operator>> ListAsync(CancellationToken ct) =>
        await tables.Operators.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: ct)
            .Take(ListMax).Select(Read).OrderBy(one => one.Id, StringComparer.Ordinal).ToListAsync(ct);

    public async Task<OperatorLogin?> FindByEmailAsync(string typed, CancellationToken ct) =>
        EmailAddress.Normalize(typed) is { } email && await tables.Operators.FindAsync(Partition, Key(email), ct) is { } row
            ? new(Read(row), row.GetString("passwordHash"), row.GetString(Addresses)?.Split(' ') ?? [])
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

    private static Operator Read(TableEntity row) =>
        new(row.GetString("id"), row.GetString("email"), row.GetDateTimeOffset("createdAt")!.Value);

    private static string Key(string email) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(EmailAddress.Key(email))));
}
