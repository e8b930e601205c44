using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Auth;

/// <summary>The password was right, and a code is needed.</summary>
/// <param name="Challenge">Goes to POST …/login/second with the code.</param>
/// <param name="Methods">totp, recovery-code.</param>
public sealed record SecondFactorNeeded(string Challenge, IReadOnlyList<string> Methods, DateTimeOffset ExpiresAt)
{
    private static readonly string[] Known = ["totp", "recovery-code"];

    internal static ObjectResult Of((string Text, DateTimeOffset ExpiresAt) challenge) =>
        new(new SecondFactorNeeded(challenge.Text, Known, challenge.ExpiresAt)) { StatusCode = StatusCodes.Status202Accepted };
}

/// <param name="Code">Of the authenticator.</param>
/// <param name="RecoveryCode">In its place.</param>
public sealed record SecondFactorTyped(string? Challenge, string? Code, string? RecoveryCode)
{
    internal static async Task<SecondFactorTyped> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var typed = await Bodies.ReadAsync<SecondFactorTyped>(request, ct);
        return typed.Code is null == typed.RecoveryCode is null
            ? throw Problems.Invalid("code", "or 'recoveryCode' is needed, and not both.")
            : typed;
    }

    /// <summary>What it is, as records call it.</summary>
    internal string By() => Code is null ? "recovery-code" : "code";
}

/// <summary>From the right password to the session.</summary>
public sealed class SecondStep(Challenges challenges, Callers callers, AccountStore accounts, AccountLog log)
{
    private const string Purpose = "second step";

    public async Task<IActionResult> AskAsync(Login login, string address, CancellationToken ct) => SecondFactorNeeded.Of(
        await challenges.MakeAsync(Purpose, new Passed(login.Account.Id, login.Knows(address), login.Account.SignedOutAt), ct));

    /// <exception cref="ProblemException">When it is over, also because the password has changed since.</exception>
    public async Task<(Login Login, CodeGuess Guess)> ResumeAsync(HttpRequest request, string? challenge, CancellationToken ct)
    {
        var passed = await challenges.OpenAsync<Passed>(Purpose, challenge, ct) ?? throw Problems.ChallengeOver();
        var login = await accounts.FindAsync(passed.Account, ct) is { } account ? await accounts.FindByEmailAsync(account.Email, ct) : null;
        return login?.Account.Id == passed.Account && login.Account.SignedOutAt == passed.SignedOutAt
            ? (login, new(passed.Account, Callers.Address(request), passed.Known))
            : throw Problems.ChallengeOver();
    }

    /// <summary>He is in, and the address is one where he has been.</summary>
    /// <exception cref="ProblemException">When the account is locked: only who could sign in hears of that.</exception>
    public async Task<IActionResult> EnterAsync(HttpRequest request, Login login, string by, CancellationToken ct)
    {
        if (login.Account.LockedAt is not null)
        {
            throw Problems.AccountLocked();
        }

        await accounts.RememberAsync(login, Callers.Address(request), ct);
        return await SignInAsync(request, login.Account, by, StatusCodes.Status200OK, ct);
    }

    /// <param name="by">What he has shown: password, code, recovery-code, passkey, or sign-up.</param>
    public async Task<IActionResult> SignInAsync(HttpRequest request, Account account, string by, int status, CancellationToken ct)
    {
        var (token, told, expires) = await callers.SignInAsync(request, account, ct);
        await log.ActAsync(account.Id, "sign-in", new { by, session = SessionIds.OfToken(token) }, ct);
        return new ObjectResult(new SignedIn(AccountView.Of(account), told, expires)) { StatusCode = status };
    }

    private sealed record Passed(string Account, bool Known, DateTimeOffset? SignedOutAt);
}

/// <summary>The second step of signing in.</summary>
public sealed class SecondLogin(SecondStep second, AccountCodeGuesses codes)
{
    /// <summary>Signs in with the code that POST …/login asked for.</summary>
    [Function("LoginSecond")]
    [Open, Takes(typeof(SecondFactorTyped)), Answers(200, typeof(SignedIn))]
    public async Task<IActionResult> Login(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/login/second")] HttpRequest request, CancellationToken ct)
    {
        var body = await SecondFactorTyped.ReadAsync(request, ct);
        var (login, guess) = await second.ResumeAsync(request, body.Challenge, ct);
        await codes.CheckAsync(guess, body.Code, body.RecoveryCode, ct);
        return await second.EnterAsync(request, login, body.By(), ct);
    }
}
