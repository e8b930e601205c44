using System.Buffers;
using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Accounts;

/// <summary>A key of somebody's device, phone or password manager, of which only the public half is here.</summary>
/// <param name="Id">Ours; that of the key itself is <paramref name="KeyId"/>.</param>
/// <param name="Counter">What the device counted to when it was last used; 0 for those that do not count.</param>
public sealed record Passkey(
    string Id, string Name, byte[] KeyId, byte[] PublicKey, uint Counter, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, ETag ETag);

/// <summary>Passkeys of accounts.</summary>
public sealed class PasskeyStore(Tables tables, Outbox outbox, TimeProvider clock)
{
    public const int Max = 20;

    private const string Prefix = "passkey-";
    private const string IdPrefix = "psk_";
    private const int IdDigits = 24;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public async Task<IReadOnlyList<Passkey>> ListAsync(string account, CancellationToken ct) =>
        await tables.Accounts.QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {account} and RowKey ge {Prefix} and RowKey lt {Prefix + "~"}"), cancellationToken: ct)
            .Select(Read).OrderBy(passkey => passkey.CreatedAt).ToListAsync(ct);

    public async Task<Passkey?> FindAsync(string account, byte[] keyId, CancellationToken ct) =>
        await tables.Accounts.FindAsync(account, Prefix + IdOf(keyId), ct) is { } row && Read(row) is var found && found.KeyId.AsSpan().SequenceEqual(keyId)
            ? found
            : null;

    /// <summary>Null when the account has that key already.</summary>
    public async Task<Passkey?> AddAsync(string account, string name, byte[] keyId, byte[] publicKey, uint counter, CancellationToken ct)
    {
        var added = new Passkey(IdOf(keyId), name, keyId, publicKey, counter, clock.GetUtcNow(), null, default);
        var row = new TableEntity(account, Prefix + added.Id)
        {
            ["name"] = name,
            ["keyId"] = keyId,
            ["publicKey"] = publicKey,
            ["counter"] = (long)counter,
            ["createdAt"] = added.CreatedAt,
        };
        var letter = await outbox.PrepareAsync(account, LetterKinds.PasskeyAdded, $"{LetterKinds.PasskeyAdded}-{added.Id}-{clock.GetUtcNow().UtcTicks}", null, ct);
        try
        {
            await tables.Accounts.SubmitTransactionAsync(
                [new(TableTransactionActionType.Add, row), new(TableTransactionActionType.Add, letter)], ct);
            return added;
        }
        catch (TableTransactionFailedException taken) when (taken.Status == 409)
        {
            return null;
        }
    }

    /// <summary>False when somebody else used it at the same time.</summary>
    public Task<bool> UseAsync(string account, Passkey passkey, uint counter, CancellationToken ct) => tables.Accounts.TryReplaceAsync(
        new TableEntity(account, Prefix + passkey.Id)
        {
            ["name"] = passkey.Name,
            ["keyId"] = passkey.KeyId,
            ["publicKey"] = passkey.PublicKey,
            ["counter"] = (long)counter,
            ["createdAt"] = passkey.CreatedAt,
            ["lastUsedAt"] = clock.GetUtcNow(),
        },
        passkey.ETag, ct);

    /// <summary>False when there is none of that id.</summary>
    public async Task<bool> RemoveAsync(string account, string id, CancellationToken ct)
    {
        if (!IsId(id) || await tables.Accounts.FindAsync(account, Prefix + id, ct) is not { } row)
        {
            return false;
        }

        var letter = await outbox.PrepareAsync(account, LetterKinds.PasskeyRemoved, $"{LetterKinds.PasskeyRemoved}-{id}-{clock.GetUtcNow().UtcTicks}", null, ct);
        try
        {
            await tables.Accounts.SubmitTransactionAsync(
                [new(TableTransactionActionType.Delete, row, ETag.All), new(TableTransactionActionType.Add, letter)], ct);
            return true;
        }
        catch (TableTransactionFailedException gone) when (gone.Status == 404)
        {
            return false;
        }
    }

    private static bool IsId(string id) => id.Length == IdPrefix.Length + IdDigits && id.StartsWith(IdPrefix, StringComparison.Ordinal)
        && id.AsSpan(IdPrefix.Length).IndexOfAnyExcept(Digits) < 0;

    private static string IdOf(byte[] keyId) => IdPrefix + Convert.ToHexStringLower(SHA256.HashData(keyId))[..IdDigits];

    private static Passkey Read(TableEntity row) => new(
        row.RowKey[Prefix.Length..], row.GetString("name"), row.GetBinary("keyId"), row.GetBinary("publicKey"), (uint)row.GetInt64("counter")!.Value,
        row.GetDateTimeOffset("createdAt")!.Value, row.GetDateTimeOffset("lastUsedAt"), row.ETag);
}
