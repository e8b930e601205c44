using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions;

/// <summary>A caller's fault, as RFC 9457 problem details. <see cref="Middleware.ProblemMiddleware"/> writes it.</summary>
public sealed class ProblemException(int status, string type, string title, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>Stable: what clients branch on.</summary>
    public string Type { get; } = $"urn:launchpad:problem:{type}";

    public string Title { get; } = title;

    /// <summary>The reason alone, without what a caller of the API would do about it; the whole text where that is the same.</summary>
    public string Reason { get => field ?? Message; init; }

    /// <summary>The member of the request that is wrong; null where it is not one.</summary>
    public string? Field { get; init; }

    /// <summary>Seconds until another try makes sense; null for no advice.</summary>
    public int? RetryAfterSeconds { get; init; }
}

/// <summary>Every error that the API can answer, one method a kind.</summary>
public static class Problems
{
    public static ProblemException Invalid(string field, string rule) =>
        new(StatusCodes.Status400BadRequest, "invalid", "The request is not valid", $"'{field}' {rule}") { Field = field };

    public static ProblemException Malformed(string detail) =>
        new(StatusCodes.Status400BadRequest, "malformed", "The request cannot be read", detail);

    public static ProblemException WebhookRejected(string detail) =>
        new(StatusCodes.Status400BadRequest, "webhook-rejected", "The event was not accepted", detail);

    public static ProblemException SignInNeeded() =>
        new(StatusCodes.Status401Unauthorized, "sign-in-needed", "Sign in first",
            "Send the session token as 'Authorization: Bearer …'. POST /api/auth/login gives one.");

    /// <param name="minutes">How old the proof may be.</param>
    /// <param name="at">Where it is taken.</param>
    public static ProblemException SignInAgain(int minutes, string at = "/api/auth/step-up") =>
        new(StatusCodes.Status403Forbidden, "sign-in-again", "Sign in again",
            $"This needs a proof of the last {minutes} minutes that it is you. POST {at}, and send the same again.");

    public static ProblemException NotAllowed(Permission? needed) =>
        new(StatusCodes.Status403Forbidden, "not-allowed", "You may not do this",
            needed is { } permission ? $"It needs the permission '{permission.Wire()}'. An owner or admin of the account can give it." : "Nobody may.");

    public static ProblemException OneBotOnly() =>
        new(StatusCodes.Status403Forbidden, "not-allowed", "You may not do this",
            "This token is for one bot: it reaches what is under /api/deployments/ and its id, and the operations of that bot.");

    public static ProblemException WrongCredentials() =>
        new(StatusCodes.Status401Unauthorized, "wrong-credentials", "Not signed in", "The e-mail address or the password is wrong.");

    public static ProblemException WrongCode() =>
        new(StatusCodes.Status401Unauthorized, "wrong-code", "Not the code", "The code is wrong, was used already, or is not of now.");

    public static ProblemException ChallengeOver() =>
        new(StatusCodes.Status401Unauthorized, "challenge-over", "Begin again", "This took longer than a few minutes, or was used already. Begin again.");

    public static ProblemException LinkOver() =>
        new(StatusCodes.Status409Conflict, "link-over", "The link does not work any more", "It was used, or a newer one was, or it is too old. Ask for another one.");

    public static ProblemException PasskeyRefused() =>
        new(StatusCodes.Status401Unauthorized, "passkey-refused", "Not accepted", "The passkey is none of this account, or was shown too late. Begin again.");

    public static ProblemException NoPasskey() =>
        new(StatusCodes.Status409Conflict, "no-passkey", "There is no passkey", "This account has none. Use the password or a code.");

    public static ProblemException TooManyPasskeys(int max) =>
        new(StatusCodes.Status409Conflict, "too-many-passkeys", "Too many passkeys", $"An account may have {max}. Remove one first.");

    public static ProblemException WeakPassword(string why) =>
        new(StatusCodes.Status400BadRequest, "weak-password", "Too easily guessed", $"'password' {why}") { Field = "password" };

    /// <summary>Who mistyped his address would lock himself out for good, and somebody else in.</summary>
    public static ProblemException EmailUnconfirmed() =>
        new(StatusCodes.Status409Conflict, "email-unconfirmed", "Confirm your address first",
            "Follow the link that was sent to it; POST /api/auth/verify/resend sends another one.");

    public static ProblemException SecondFactorOn() =>
        new(StatusCodes.Status409Conflict, "second-factor-on", "It is on already", "Turn the second factor off first: DELETE …/auth/totp.");

    public static ProblemException SecondFactorOff() =>
        new(StatusCodes.Status409Conflict, "second-factor-off", "It is off", "There is no second factor: POST …/auth/totp.");

    /// <summary>The same for a machine that is not known and for one that is not who it says.</summary>
    public static ProblemException MachineRefused(string why) =>
        new(StatusCodes.Status401Unauthorized, "machine-refused", "Not a machine of ours", why);

    public static ProblemException HeartbeatRepeated() =>
        new(StatusCodes.Status409Conflict, "heartbeat-repeated", "Taken already", "A heartbeat as new as this one was taken before.");

    public static ProblemException WrongOrigin() =>
        new(StatusCodes.Status403Forbidden, "wrong-origin", "Refused", "A page of another origin may not act for you.");

    public static ProblemException UnknownAddress(string path) =>
        new(StatusCodes.Status404NotFound, "not-found", "Not found", $"The API has nothing at '{path}'.");

    public static ProblemException MethodNotAllowed(string method, string allowed) =>
        new(StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Not possible here", $"{method} is not taken here: {allowed}.");

    /// <summary>The same for what never was, what is gone and what belongs to someone else.</summary>
    public static ProblemException NotFound() =>
        new(StatusCodes.Status404NotFound, "not-found", "Not found", "There is nothing of that id in your account.");

    public static ProblemException NoConfigSchema() =>
        new(StatusCodes.Status404NotFound, "not-found", "Not found", "The release of this bot does not tell what it can be configured to.");

    public static ProblemException EmailTaken() =>
        new(StatusCodes.Status409Conflict, "email-taken", "Already signed up", "This e-mail address has an account. Sign in instead.");

    public static ProblemException Busy(Deployment deployment) =>
        new(StatusCodes.Status409Conflict, "busy", "Another operation is going on",
            $"{deployment.Operation!.Kind} {deployment.Operation.Id} was asked for by {deployment.Operation.By} at "
            + $"{deployment.Operation.Since:u}. Wait for it (GET /api/operations/{deployment.Operation.Id}), or delete the deployment.")
        {
            Reason = "Something else goes on with it. Wait until that has ended.",
        };

    public static ProblemException WrongState(Deployment deployment, string needed) =>
        new(StatusCodes.Status409Conflict, "wrong-state", "Not possible now",
            $"The deployment is {deployment.Status.Wire()}. {needed}")
        {
            Reason = needed,
        };

    public static ProblemException BackupUnusable(string why) =>
        new(StatusCodes.Status409Conflict, "backup-unusable", "This backup cannot be used", why);

    public static ProblemException PreconditionNeeded() =>
        new(StatusCodes.Status428PreconditionRequired, "precondition-needed", "Say which version you have seen",
            "Send 'If-Match' with the ETag of GET /api/deployments/{id}/config, so that no one else's change is lost.");

    public static ProblemException Moved(Deployment deployment) =>
        new(StatusCodes.Status412PreconditionFailed, "moved", "Changed meanwhile",
            $"Version {deployment.ActiveVersion} is active now. Read the config again and repeat the change on it.");

    public static ProblemException PreviewVoid(string why) =>
        new(StatusCodes.Status409Conflict, "preview-void", "The preview does not hold any more", $"{why} Make a new one.");

    public static ProblemException PreconditionFailed() =>
        new(StatusCodes.Status412PreconditionFailed, "moved", "Changed meanwhile", "No ETag in 'If-Match' is that of what is here now.");

    public static ProblemException CannotWorkHere(IEnumerable<Blocked> blocked) =>
        new(StatusCodes.Status409Conflict, "cannot-work-here", "This could not work here", string.Join(' ', blocked));

    public static ProblemException UpgradesPaused(int failures) =>
        new(StatusCodes.Status409Conflict, "upgrades-paused", "Upgrades are paused",
            $"The last {failures} rollouts failed, so none is tried unasked. Look at why (GET …/versions), then PUT …/updates with "
            + "\"resumeUpgrades\": true. The bot runs on its last known good version.");

    public static ProblemException CannotCancel(Operation operation) =>
        new(StatusCodes.Status409Conflict, "cannot-cancel", "Not possible now",
            operation.IsFinished ? "The operation has ended." : $"{operation.Kind} cannot be cancelled: it goes through to its end.");

    public static ProblemException KeyTaken() =>
        new(StatusCodes.Status422UnprocessableEntity, "key-taken", "The key is that of another request",
            "This 'Idempotency-Key' came with another request in the last 24 hours. Send a new one with each thing that you ask for.");

    public static ProblemException KeyGoing() =>
        new(StatusCodes.Status409Conflict, "key-going", "It is being answered", "The same request is being answered. Ask again in a second.")
        {
            RetryAfterSeconds = 1,
        };

    public static ProblemException CannotRetry(string why) =>
        new(StatusCodes.Status409Conflict, "cannot-retry", "Not possible now", why);

    public static ProblemException CannotFix(string why) =>
        new(StatusCodes.Status409Conflict, "cannot-fix", "Not possible now", why);

    public static ProblemException QuotaReached(int max) =>
        new(StatusCodes.Status409Conflict, "quota-reached", "Quota reached", $"An account may have {max} deployments. Delete one first.");

    public static ProblemException AccountClosing(DateTimeOffset at) =>
        new(StatusCodes.Status409Conflict, "account-closing", "The account is being closed",
            $"It is closed on {at:yyyy-MM-dd} (UTC), so it takes no orders. Its owner can keep it: DELETE /api/auth/closing.");

    public static ProblemException AccountLocked() =>
        new(StatusCodes.Status403Forbidden, "account-locked", "The account is locked",
            "An operator locked it, and its owner was written to. Its bots go on. Ask support to have it opened again.");

    public static ProblemException PlanNotSold(string plan) =>
        new(StatusCodes.Status409Conflict, "plan-unknown", "Not sold any more",
            $"The plan '{plan}' is not sold any more. Delete this order, and order again: GET /api/plans lists what is sold.");

    /// <summary>Not <see cref="Unavailable"/>: the same request would be refused again.</summary>
    public static ProblemException PaymentRefused(string why) =>
        new(StatusCodes.Status502BadGateway, "payment-refused", "The payment provider refuses this",
            $"{why} Nothing was charged. Tell support the request id.");

    /// <param name="why">What was seen, in a sentence for its owner.</param>
    public static ProblemException PaymentsHeld(string why) =>
        new(StatusCodes.Status403Forbidden, "payments-held", "A person looks at your payments first",
            $"{why} Nothing is charged meanwhile, and bots that run go on. It usually takes less than a day; ask support with the request id if it takes longer.");

    public static ProblemException TooLarge(int maxBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, "too-large", "The request is too large", $"At most {maxBytes} bytes are accepted.");

    public static ProblemException UnsupportedMedia(string detail) =>
        new(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "The request cannot be read", detail);

    public static ProblemException TooManyAttempts(int seconds) =>
        new(StatusCodes.Status429TooManyRequests, "too-many-attempts", "Too many attempts", $"Try again in {seconds} seconds.")
        {
            RetryAfterSeconds = seconds,
        };

    public static ProblemException TooManyCalls(int seconds, int max) =>
        new(StatusCodes.Status429TooManyRequests, "too-many-calls", "Too many calls",
            $"You may call {max} times a minute. Go on in {seconds} seconds; GET /api/events tells what changes without being asked.")
        {
            RetryAfterSeconds = seconds,
        };

    public static ProblemException TooManyStreams(int max) =>
        new(StatusCodes.Status429TooManyRequests, "too-many-streams", "Too many streams",
            $"An account may have {max} event streams open. Close one, or ask GET /api/deployments/{{id}}/record?after= now and then.")
        {
            RetryAfterSeconds = 30,
        };

    public static ProblemException StaffSignInNeeded() =>
        new(StatusCodes.Status401Unauthorized, "sign-in-needed", "Sign in first",
            "This is for operators: POST /api/staff/auth/login. A customer's session does not count here.");

    /// <summary>Only who knows the password is told.</summary>
    public static ProblemException MadePasswordOver(int hours) =>
        new(StatusCodes.Status401Unauthorized, "made-password-over", "This password does not work any more",
            $"It was made for you, to be used once and within {hours} hours. Ask whoever runs this Launchpad for another one: 'operator reset'.");

    public static ProblemException OwnPasswordNeeded() =>
        new(StatusCodes.Status403Forbidden, "own-password-needed", "Choose a password of your own first",
            "You signed in with one that was made for you: POST /api/staff/auth/password.");

    public static ProblemException SecondFactorNeeded() =>
        new(StatusCodes.Status403Forbidden, "second-factor-needed", "Set up a second factor first",
            "Operators sign in with a password and a code: POST /api/staff/auth/totp.");

    /// <summary>For operators, who have no account that it could be in.</summary>
    public static ProblemException NoneOfThatId() =>
        new(StatusCodes.Status404NotFound, "not-found", "Not found", "There is nothing of that id.");

    public static ProblemException MachineIsGoing(string vm) =>
        new(StatusCodes.Status409Conflict, "machine-is-going", "Not possible now", $"{vm} is being deleted.");

    public static ProblemException Unavailable(string what) =>
        new(StatusCodes.Status503ServiceUnavailable, "unavailable", "Not available right now", $"{what} Nothing was changed; try again.")
        {
            RetryAfterSeconds = 5,
        };
}
