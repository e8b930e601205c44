using Launchpad.Shared.Mail;
using Launchpad.Shared.Staff;

namespace Launchpad.Functions.Staff;

/// <summary>Writes to operators about what was done with the way they sign in: whoever did it in their place did not ask them.</summary>
public sealed class StaffLetters(Outbox outbox, TimeProvider clock)
{
    public const string Email = "email";
    public const string What = "what";
    public const string RecoveryCodeUsed = "use-recovery-code";

    /// <summary>As the staff's record calls what they are written to about, and what they are told.</summary>
    private static readonly Dictionary<string, (string Subject, string Text)> Words = new()
    {
        ["change-password"] = ("Your operator password was changed", "The password that you sign in with as an operator was changed, and everybody else was signed out."),
        ["turn-on-second-factor"] = ("Two-step sign-in is on for you as an operator", "Signing in as an operator asks for a code of an authenticator from now on."),
        ["turn-off-second-factor"] = ("Two-step sign-in is off for you as an operator", "The authenticator of your operator sign-in was turned off. Another one has to be set up before anything else is open."),
        ["renew-recovery-codes"] = ("Your operator recovery codes are new", "New recovery codes were made for your operator sign-in; the old ones are void."),
        [RecoveryCodeUsed] = ("An operator recovery code was used", "Somebody signed in as you, as an operator, with your password and one of your recovery codes."),
    };

    public static (string Subject, string Text) Of(Notice notice) => Words.GetValueOrDefault(
        notice.Values.GetValueOrDefault(What, ""), ("Your operator sign-in was changed", "Something about how you sign in as an operator was changed."));

    /// <summary>Nothing where it is not about how he signs in. The address goes with the letter and is kept until that is sent: operators have no
    /// account that could tell it.</summary>
    public Task TellAsync(Operator who, string action, CancellationToken ct) => Words.ContainsKey(action)
        ? outbox.SendAsync(
            who.Id, LetterKinds.StaffSecurity, $"{action}-{clock.GetUtcNow().UtcTicks}",
            new Dictionary<string, string> { [Email] = who.Email, [What] = action }, ct)
        : Task.CompletedTask;
}
