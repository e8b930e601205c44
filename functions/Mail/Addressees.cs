using Launchpad.Functions.Notifications;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;

namespace Launchpad.Functions.Mail;

/// <summary>Whom a letter goes to.</summary>
/// <param name="Notice">With whose bots it is about.</param>
/// <param name="Off">What turns letters of its kind off for him; null for what is always written.</param>
public sealed record Addressee(Account Account, Notice Notice, Uri? Off);

/// <summary>Finds out whom a letter goes to at the moment when it is sent: whoever it was written for may have no part in it any more.</summary>
public sealed class Addressees(AccountStore accounts, MemberStore members, Unsubscribing unsubscribing)
{
    /// <summary>Null when there is nobody who should get it.</summary>
    public async Task<Addressee?> FindAsync(Notice notice, CancellationToken ct)
    {
        var reader = notice.Kind switch
        {
            LetterKinds.ResetPassword => (await accounts.FindByEmailAsync(notice.Values["email"], ct))?.Account,
            // There is no account that could tell, or none any more.
            LetterKinds.AccountClosed or LetterKinds.StaffSecurity => new Account(notice.Account, notice.Values["email"], notice.CreatedAt),
            _ => await accounts.FindAsync(notice.Account, ct),
        };
        if (reader is null || IsOvertaken(notice, reader))
        {
            return null;
        }

        return await InWorkplaceAsync(reader, notice, ct) is { } known ? new(reader, known, await unsubscribing.LinkAsync(known, ct)) : null;
    }

    /// <summary>A member who was shut out while it waited hears nothing of it.</summary>
    private async Task<Notice?> InWorkplaceAsync(Account reader, Notice notice, CancellationToken ct)
    {
        if (!notice.Values.TryGetValue(CustomerLetters.Workplace, out var workplace))
        {
            return notice;
        }

        return await members.FindAsync(workplace, reader.Id, ct) is not null && await accounts.FindAsync(workplace, ct) is { } owner
            && !(notice.Kind is LetterKinds.WorkplaceClosing && owner.ClosesAt is null)
            ? notice with { Values = new Dictionary<string, string>(notice.Values) { [Letters.Owner] = owner.Email } }
            : null;
    }

    /// <summary>Whether what became of the account while the letter waited has voided what it leads to, as it would have a link that was sent.
    /// </summary>
    private static bool IsOvertaken(Notice notice, Account account) => notice.Kind switch
    {
        LetterKinds.ConfirmAddress => account.EmailVerifiedAt is not null,
        LetterKinds.ChangeAddress => account.SignedOutAt >= notice.CreatedAt,
        LetterKinds.ResetPassword => account.PasswordChangedAt >= notice.CreatedAt,
        LetterKinds.AccountClosing => account.ClosesAt is null,
        _ => false,
    };
}
