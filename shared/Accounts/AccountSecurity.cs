using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Accounts;

/// <summary>Changes of what lets somebody in. Each is one transaction, together with the letter that tells the owner.</summary>
public sealed class AccountSecurity(Tables tables, Outbox outbox, AccountLinks links, TimeProvider clock)
{
    internal const string LockedAt = "lockedAt";

    /// <summary>Another link to confirm the address.</summary>
    public Task SendConfirmationAsync(string account, CancellationToken ct) =>
        outbox.SendAsync(account, LetterKinds.ConfirmAddress, Key("confirm"), new Dictionary<string, string>(), ct);

    /// <summary>False when the link was used meanwhile.</summary>
    public async Task<bool> ConfirmAddressAsync(Link link, CancellationToken ct) => await TryAsync(
        link.Account, new() { ["emailVerifiedAt"] = clock.GetUtcNow() }, null, await links.UsedAsync(link, ct), ct);

    /// <summary>A link to an address that the account may have next.</summary>
    public Task SendMoveAsync(string account, string email, CancellationToken ct) => outbox.SendAsync(
        account, LetterKinds.ChangeAddress, Key(LetterKinds.ChangeAddress), new Dictionary<string, string> { ["email"] = email }, ct);

    /// <summary>The account has the link's address from now on. The one that it had is told how to get it back, where it was known to be its
    /// owner's; who comes back with that link signs everybody out.</summary>
    /// <param name="link">Of <see cref="LinkPurpose.Move"/> or <see cref="LinkPurpose.Return"/>.</param>
    /// <param name="before">The account as it was.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>False when the link was used meanwhile.</returns>
    public async Task<bool> MoveAsync(Link link, Account before, CancellationToken ct)
    {
        var change = AccountStore.Moved(link.Email!, clock.GetUtcNow());
        if (link.Purpose is LinkPurpose.Return)
        {
            change["signedOutAt"] = clock.GetUtcNow();
        }

        var isTold = link.Purpose is LinkPurpose.Move && before.EmailVerifiedAt is not null;
        return await TryAsync(
            link.Account, change, isTold ? LetterKinds.AddressChanged : null, await links.UsedAsync(link, ct), ct,
            new() { ["email"] = before.Email });
    }

    /// <summary>Everybody is signed out. Whoever follows the link reads the mail of that address, so it is confirmed as well.</summary>
    /// <returns>False when the link was used meanwhile.</returns>
    public async Task<bool> ResetPasswordAsync(Link link, bool isVerified, string passwordHash, CancellationToken ct)
    {
        var change = Password(passwordHash);
        if (!isVerified)
        {
            change["emailVerifiedAt"] = clock.GetUtcNow();
        }

        return await TryAsync(link.Account, change, LetterKinds.PasswordChanged, await links.UsedAsync(link, ct), ct);
    }

    /// <summary>Everybody is signed out.</summary>
    public Task ChangePasswordAsync(string account, string passwordHash, CancellationToken ct) =>
        TryAsync(account, Password(passwordHash), LetterKinds.PasswordChanged, [], ct);

    /// <summary>Everybody is signed out, and no device shows anything any more.</summary>
    public Task SignOutAsync(string account, CancellationToken ct) =>
        TryAsync(account, new() { ["signedOutAt"] = clock.GetUtcNow() }, LetterKinds.SignedOut, [], ct);

    /// <summary>Nobody gets in any more, or who can sign in does again. Everybody is signed out: what was opened while it was being locked opens
    /// nothing later.</summary>
    public Task LockAsync(string account, bool isLocked, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return TryAsync(
            account, new() { [LockedAt] = isLocked ? now : DateTimeOffset.UnixEpoch, ["signedOutAt"] = now },
            isLocked ? LetterKinds.AccountLocked : LetterKinds.AccountUnlocked, [], ct);
    }

    private Dictionary<string, object> Password(string hash) => new()
    {
        ["passwordHash"] = hash,
        ["passwordChangedAt"] = clock.GetUtcNow(),
        ["signedOutAt"] = clock.GetUtcNow(),
    };

    private async Task<bool> TryAsync(
        string account, Dictionary<string, object> change, string? letter, IEnumerable<TableTransactionAction> beside, CancellationToken ct,
        Dictionary<string, string>? values = null)
    {
        List<TableTransactionAction> all =
        [
            new(TableTransactionActionType.UpdateMerge, new TableEntity(change) { PartitionKey = account, RowKey = AccountStore.Profile }, ETag.All),
            .. beside,
        ];
        if (letter is not null)
        {
            all.Add(new(TableTransactionActionType.Add, await outbox.PrepareAsync(account, letter, Key(letter), values, ct)));
        }

        try
        {
            await tables.Accounts.SubmitTransactionAsync(all, ct);
            return true;
        }
        catch (TableTransactionFailedException lost) when (lost.Status is 404 or 412)
        {
            return false;
        }
    }

    private string Key(string letter) => $"{letter}-{clock.GetUtcNow().UtcTicks}";
}
