using System.Globalization;
using Launchpad.Functions.Staff;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Push;
using Launchpad.Shared.Sla;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Mail;

/// <summary>The words of every letter.</summary>
public sealed class Letters(IOptions<SiteOptions> site)
{
    /// <summary>A value that says that it is one which somebody asked for to see it.</summary>
    public const string Test = "test";

    /// <summary>A value that says whose bots it is about, where they are not the reader's own.</summary>
    public const string Owner = "owner";

    private const string NotYou = "If that was not you, set a new password at once: it signs everybody else out.";

    /// <param name="notice">What is to be told.</param>
    /// <param name="token">Of the link in it; null for a letter without one.</param>
    /// <exception cref="InvalidOperationException">For a kind that there are no words for.</exception>
    public Letter Of(Notice notice, string? token)
    {
        var letter = Words(notice, token);
        if (notice.Values.TryGetValue(Owner, out var owner) && notice.Values.TryGetValue(CustomerLetters.Workplace, out var workplace))
        {
            letter = letter with
            {
                Paragraphs = [.. letter.Paragraphs, $"You hear of this because you work in the account of {owner}."],
                Link = letter.Link is { } link ? In(workplace, link) : null,
            };
        }

        return notice.Values.ContainsKey(Test) ? letter with { Subject = $"[Test] {letter.Subject}" } : letter;
    }

    /// <summary>The page as it is in an account that one was let into.</summary>
    private static Uri In(string workplace, Uri page) =>
        new UriBuilder(page) { Query = $"{(page.Query.Length == 0 ? "" : page.Query[1..] + "&")}account={workplace}" }.Uri;

    private Letter Words(Notice notice, string? token) => notice.Kind switch
    {
        LetterKinds.ConfirmAddress => new(
            "Confirm your address",
            [
                "Welcome to Launchpad. Please confirm that this address is yours: it is where you hear of your bots, and how you get back in if you forget your password.",
                "The link is good for 24 hours. If you did not sign up, leave it alone.",
            ],
            "Confirm this address", Page($"verify#token={token}")),
        LetterKinds.ChangeAddress => new(
            "Confirm your new address",
            [
                "Somebody, hopefully you, wants this to be the address of an account at Launchpad: where it signs in, and where it hears of its bots.",
                "The link is good for 24 hours. If it was not you, leave it alone: nothing has changed.",
            ],
            "This is my address", Page($"verify#token={token}")),
        LetterKinds.AddressChanged => new(
            "The address of your account was changed",
            [
                $"Since {At(notice)} your account at Launchpad has another address, and nothing more about it is sent to this one.",
                "If that was not you, take it back within seven days: the link gives your account this address again and signs everybody out. Then set a new password.",
            ],
            "That was not me", Page($"verify#back=1&token={token}")),
        LetterKinds.ResetPassword => new(
            "Set a new password",
            [
                "Somebody, hopefully you, asked for a new password for Launchpad.",
                "The link is good for an hour, once. If it was not you, leave it alone: nothing has changed.",
            ],
            "Set a new password", Page($"reset#token={token}")),
        LetterKinds.AddressTaken => Security(
            "You have an account already",
            "Somebody tried to sign up at Launchpad with this address, which has an account. If it was you, just sign in; if you do not know your password any more, ask for a new one on that page.",
            "login", "Sign in"),
        LetterKinds.PasswordChanged => Security(
            "Your password was changed", $"The password of your account was changed at {At(notice)}, and everybody else was signed out. {NotYou}", "forgot", "Set a new password"),
        LetterKinds.SecondFactorOn => Security(
            "Two-step sign-in is on", $"Since {At(notice)} signing in asks for a code of your authenticator app. {NotYou}"),
        LetterKinds.SecondFactorOff => Security(
            "Two-step sign-in is off", $"Since {At(notice)} your password alone signs in to your account. {NotYou}"),
        LetterKinds.RecoveryCodesMade => Security(
            "You have new recovery codes", $"New recovery codes were made at {At(notice)}; the old ones are void. {NotYou}"),
        LetterKinds.RecoveryCodeUsed => Security(
            "A recovery code was used", $"A recovery code was used at {At(notice)}. {notice.Values["left"]} are left: make new ones before they run out. {NotYou}"),
        LetterKinds.WrongCodes => Security(
            "Somebody knows your password", "Somebody typed your right password, and wrong codes after it. The codes kept them out. Set a new password now, unless that was you.",
            "forgot", "Set a new password"),
        LetterKinds.PasskeyAdded => Security("A passkey was added", $"Since {At(notice)} another passkey signs in to your account. {NotYou}"),
        LetterKinds.PasskeyRemoved => Security("A passkey was removed", $"A passkey of your account was removed at {At(notice)}. {NotYou}"),
        LetterKinds.SignedOut => Security(
            "You were signed out everywhere",
            $"We signed your account out of every browser at {At(notice)}. Your bots go on. Sign in again when you like, and set a new password first if you do not know why this was done.",
            "forgot", "Set a new password"),
        LetterKinds.AccountLocked => new(
            "Your account is locked",
            [
                $"We locked your account at Launchpad at {At(notice)}: nobody can sign in to it, and its API tokens work no more, until we have talked to you. Its bots go on, and so does what is paid for them.",
                "Please talk to us, from this address, if you do not know why.",
            ],
            "See how it is", Page("login")),
        LetterKinds.AccountUnlocked => Security(
            "Your account is open again", $"We unlocked your account at {At(notice)}. Sign in as before; if somebody else may know your password, set a new one first.", "login", "Sign in"),
        LetterKinds.TokenEnding => new(
            "A token ends soon",
            [$"The token “{notice.Values.GetValueOrDefault("name")}” ends on {Day(notice.Values.GetValueOrDefault("endsAt", ""))}. Programs that sign in with it get no answer from then on: make them another one before."],
            "See your tokens", Page("account/people")),
        LetterKinds.AccountClosing => new(
            $"Your account is closed on {ClosesOn(notice)}",
            [
                $"At {At(notice)} somebody, hopefully you, asked to have your account at Launchpad closed. Its bots are being deleted, and nothing more is charged for them.",
                $"The account itself goes on {ClosesOn(notice)}. Until then you can sign in and keep it. {NotYou}",
            ],
            "Keep the account", Page("account")),
        LetterKinds.WorkplaceClosing => new(
            $"An account that you work in is closed on {ClosesOn(notice)}",
            [
                "Its owner asked for that. Its bots are being deleted now, and each says until when that can be taken back: take along before what you need of them.",
                $"The account itself goes on {ClosesOn(notice)}, unless its owner keeps it until then.",
            ],
            "See its bots", Page("bots")),
        LetterKinds.AccountKept => Security(
            "Your account stays", $"At {At(notice)} the closing of your account was taken back. Bots that were deleted do not come back by themselves. {NotYou}"),
        LetterKinds.AccountClosed => new(
            "Your account is closed",
            [
                "Your account at Launchpad is closed, as you asked. Nobody can sign in to it, and this is the last letter that it gets.",
                "What we keep is the record of what was done, and bills and payments, because the law wants them. You can sign up again with this address whenever you like.",
            ],
            "Sign up again", Page("signup")),
        LetterKinds.DeviceAdded => Devices(
            "A device gets your notifications", $"Since {At(notice)} another device shows what we write to you about: {Device(notice)}. {NotYou}"),
        LetterKinds.DeviceRemoved => Devices(
            "A device gets your notifications no more", $"Since {At(notice)} {Device(notice)} does not show any more what we write to you about. {NotYou}"),
        LetterKinds.BillingReminder => Billing(
            notice, "The payment for your bot failed", $"The last payment for {Bot(notice)} did not go through. Nothing has stopped.", "Pay, or use another card"),
        LetterKinds.BillingSuspended => Billing(
            notice, "Your bot was stopped",
            notice.Values.GetValueOrDefault("cause") == "disputed"
                ? $"The payment for {Bot(notice)} is contested at your bank, so it was stopped. Everything of it is kept. If the bank lets the payment stand, it starts by itself; if the bank takes it back, it ends with the period that was paid for."
                : $"{Bot(notice)} is not paid for and was stopped. Everything of it is kept, and it starts by itself when it is paid for.",
            "See what happens when"),
        LetterKinds.BillingFinalBackup => Billing(
            notice, "Your bot will be deleted", $"{Bot(notice)} is not paid for. A last backup of it was made before it is deleted.", "Pay and keep it"),
        LetterKinds.BillingDeleted => Billing(notice, "Your bot was deleted", $"{Bot(notice)} was not paid for and was deleted.", "Look at your bots"),
        LetterKinds.BillingOver => Billing(notice, "Thank you: all is paid", $"{Bot(notice)} is paid for again.", "Look at your bots"),
        LetterKinds.TrialEnding => Billing(
            notice, "Your trial ends soon",
            $"The trial of {Bot(notice)} ends on {Day(notice.Values.GetValueOrDefault("endsAt", ""))}. From then on {notice.Values.GetValueOrDefault("amount", "its price")} is charged to your card, unless you cancel before: then it costs you nothing.",
            "Keep it, or cancel"),
        LetterKinds.BillingDispute => Billing(
            notice, "A payment is contested",
            notice.Values.GetValueOrDefault("status") == "lost"
                ? $"Your bank took back what was paid for {Bot(notice)}. It ends with the period that was paid for, and nothing more is charged. If you want to keep it, pay for it anew after that."
                : $"The payment for {Bot(notice)} is contested at your bank. Please talk to us if that was not meant.",
            "See what happens when"),
        LetterKinds.UptimeCredit => new(
            $"We did not keep our promise: {Bot(notice)}",
            [
                $"In {MonthOf(notice)} {Bot(notice)} was up for less of the time than we promise. We are sorry.",
                $"{notice.Values.GetValueOrDefault("amount", "A part")} of what you paid for that month comes off your next bill. You have to do nothing for it.",
            ],
            "See when it was down and why", Page($"bots/{notice.Values.GetValueOrDefault("deployment")}/uptime?month={notice.Values.GetValueOrDefault("month")}")),
        LetterKinds.PaymentHeld => Billing(
            notice, "We look at your payment first",
            $"{Bot(notice)} is paid for, and a person looks at the payment before it is set up, usually within a day. If it is refused, whatever was paid goes back to your card.", "See your bots' payments"),
        LetterKinds.PaymentReleased => Billing(notice, "Your bot is on its way", $"The payment for {Bot(notice)} is in order, and it is being set up.", "See your bots' payments"),
        LetterKinds.PaymentRefused => Billing(
            notice, "We cannot take your payment", $"We cannot take the payment for {Bot(notice)}. Whatever was paid goes back to your card. Please talk to us if you think that this is a mistake.", "See your bots' payments"),
        LetterKinds.StaffSecurity when StaffLetters.Of(notice) is var (subject, text) => new(
            subject, [$"{text} That was at {At(notice)}. If it was not you, see the other operators or whoever runs the machine at once, and have your sign-in reset."],
            "Look at your sign-in", Page("ops/sign-in")),
        _ => BotLetters.Of(notice, Page) ?? throw new InvalidOperationException($"There are no words for a letter '{notice.Kind}'."),
    };

    private Letter Security(string subject, string text, string page = "account/security", string action = "Look at your account's security") =>
        new(subject, [text], action, Page(page));

    private Letter Devices(string subject, string text) => Security(subject, text, "account/notifications", "See your devices");

    private Letter Billing(Notice notice, string subject, string text, string action) =>
        new($"{subject}: {Bot(notice)}", Next(notice) is { } next ? [text, next] : [text], action, Page("billing"));

    private static string? Next(Notice notice)
    {
        if (!notice.Values.TryGetValue("next", out var next) || !notice.Values.TryGetValue("nextAt", out var at))
        {
            return null;
        }

        var what = next switch
        {
            "suspended" => "it is stopped",
            "deleted" => "it is deleted",
            _ => null,
        };
        return what is null ? null : $"On {Day(at)} {what}, unless it is paid for before.";
    }

    private static string Bot(Notice notice) => notice.Values.GetValueOrDefault("bot", "your bot");

    private static string Device(Notice notice) => notice.Values.GetValueOrDefault(DeviceStore.Label, "a browser");

    private static string MonthOf(Notice notice) =>
        Month.TryParse(notice.Values.GetValueOrDefault("month"), out var month) ? month.From.ToString("MMMM yyyy", CultureInfo.InvariantCulture) : "the last month";

    private static string ClosesOn(Notice notice) => Day(notice.Values.GetValueOrDefault("closesAt", ""));

    private static string At(Notice notice) => notice.CreatedAt.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Day(string at) => DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, out var day)
        ? day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)
        : at;

    private Uri Page(string path) => site.Value.Page(path);
}
