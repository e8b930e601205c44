using Launchpad.Functions.Auth;
using Launchpad.Shared;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="Stage">What he has to do before he may do everything; whole for nothing.</param>
public sealed record OperatorView(string Id, string Email, DateTimeOffset CreatedAt, [property: Wire(typeof(StaffStage))] string Stage)
{
    internal static OperatorView Of(Operator one, StaffStage stage) => new(one.Id, one.Email, one.CreatedAt, stage.Wire());
}

/// <param name="Token">Shown once; send it as bearer token. Null to a page in a browser, which has a cookie instead.</param>
public sealed record StaffSignedInView(OperatorView Operator, string? Token, DateTimeOffset ExpiresAt);

/// <summary>How operators sign in. Nobody signs up here: see `./launchpad operator add`.</summary>
public sealed class StaffAccounts(StaffDoor door, OperatorFactors factors, StaffEntry entry, StaffCallers callers)
{
    /// <summary>Signs an operator in. Who has a second factor is asked for a code first (202). A password that was made for him opens once, to
    /// what replaces it.</summary>
    [Function("StaffLogin")]
    [Open, Takes(typeof(Credentials)), Answers(200, typeof(StaffSignedInView)), Answers(202, typeof(SecondFactorNeeded))]
    public async Task<IActionResult> Login(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/auth/login")] HttpRequest request, CancellationToken ct)
    {
        var body = await Bodies.ReadAsync<Credentials>(request, ct);
        var typed = new Typed(Rules.SignInEmail(body.Email), Rules.Password(body.Password), Callers.Address(request));
        var login = await door.OpenAsync(request.HttpContext.Response, typed, ct);
        return await factors.SinceAsync(login.Operator.Id, ct) is null
            ? await entry.EnterAsync(request, login, "password", ct)
            : await entry.AskAsync(login, typed.Address, ct);
    }

    /// <summary>Ends the session that it is called with.</summary>
    [Function("StaffLogout")]
    [OperatorsOnly(From = StaffStage.SetPassword), Answers(204)]
    public async Task<IActionResult> Logout(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/auth/logout")] HttpRequest request, CancellationToken ct)
    {
        await callers.SignOutAsync(request, ct);
        return new NoContentResult();
    }

    /// <summary>Which operator is signed in.</summary>
    [Function("StaffMe")]
    [OperatorsOnly(From = StaffStage.SetPassword), Answers(200, typeof(OperatorView))]
    public async Task<IActionResult> Me(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/auth/me")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(callers.View(await callers.SessionAsync(request, ct)));
}

/// <summary>The second step of an operator's signing in.</summary>
public sealed class StaffSecondLogin(StaffEntry entry, StaffCodeGuesses codes)
{
    /// <summary>Signs in with the code that POST …/login asked for.</summary>
    [Function("StaffLoginSecond")]
    [Open, Takes(typeof(SecondFactorTyped)), Answers(200, typeof(StaffSignedInView))]
    public async Task<IActionResult> Login(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/auth/login/second")] HttpRequest request, CancellationToken ct)
    {
        var body = await SecondFactorTyped.ReadAsync(request, ct);
        var (login, guess) = await entry.ResumeAsync(request, body.Challenge, ct);
        await codes.CheckAsync(guess, body.Code, body.RecoveryCode, ct);
        return await entry.EnterAsync(request, login, body.By(), ct);
    }
}

/// <summary>From an operator's right password to his session.</summary>
public sealed class StaffEntry(Challenges challenges, StaffCallers callers, OperatorStore operators, StaffLog log)
{
    private const string Purpose = "second step of staff";

    public async Task<IActionResult> AskAsync(OperatorLogin login, string address, CancellationToken ct) => SecondFactorNeeded.Of(
        await challenges.MakeAsync(Purpose, new Passed(login.Operator, login.Knows(address), login.SignedOutAt), ct));

    /// <exception cref="ProblemException">When it is over, also because he was removed or his password has changed since.</exception>
    public async Task<(OperatorLogin Login, CodeGuess Guess)> ResumeAsync(HttpRequest request, string? challenge, CancellationToken ct)
    {
        var passed = await challenges.OpenAsync<Passed>(Purpose, challenge, ct) ?? throw Problems.ChallengeOver();
        var login = await operators.FindByEmailAsync(passed.Operator.Email, ct);
        return login?.Operator.Id == passed.Operator.Id && login.SignedOutAt == passed.SignedOutAt
            ? (login, new(passed.Operator.Id, Callers.Address(request), passed.Known))
            : throw Problems.ChallengeOver();
    }

    /// <summary>He is in, and the address is one where he has been.</summary>
    /// <param name="request">Of his.</param>
    /// <param name="login">Whose it is.</param>
    /// <param name="by">What he has shown: password, code or recovery-code.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <exception cref="ProblemException">When the password was made for him, and was used meanwhile.</exception>
    public async Task<IActionResult> EnterAsync(HttpRequest request, OperatorLogin login, string by, CancellationToken ct)
    {
        if (login.Made is not null && !await operators.TryUseAsync(login, ct))
        {
            throw Problems.MadePasswordOver((int)MadePassword.Lifetime.TotalHours);
        }

        await operators.RememberAsync(login, Callers.Address(request), ct);
        var signedIn = await callers.SignInAsync(request, login.Operator, ct);
        await log.SignInAsync(login.Operator, by, ct);
        return new OkObjectResult(signedIn);
    }

    private sealed record Passed(Operator Operator, bool Known, DateTimeOffset? SignedOutAt);
}
