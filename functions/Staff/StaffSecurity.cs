using Launchpad.Functions.Auth;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="PasswordChangedAt">Null where he has chosen none yet.</param>
/// <param name="Totp">Null where signing in asks for no code.</param>
/// <param name="FreshUntil">Until when routes that destroy or give back are open; null where they ask for a proof first.</param>
public sealed record StaffSecurityView(string Email, DateTimeOffset? PasswordChangedAt, TotpView? Totp, DateTimeOffset? FreshUntil);

/// <summary>One of them.</summary>
public sealed record StaffProof(string? Password, string? Code, string? RecoveryCode);

/// <summary>How an operator's sign-in is secured, and that it is he.</summary>
public sealed class StaffSecurity(StaffCallers callers, OperatorFactors factors, StaffProofs proofs, StaffLog log)
{
    /// <summary>How your sign-in is secured.</summary>
    [Function("StaffGetSecurity")]
    [OperatorsOnly(From = StaffStage.SetPassword), Answers(200, typeof(StaffSecurityView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/auth/security")] HttpRequest request, CancellationToken ct)
    {
        var session = await callers.SessionAsync(request, ct);
        var totp = session.FactorSince is { } since ? new TotpView(since, await factors.CodesLeftAsync(session.Operator.Id, ct)) : null;
        return new OkObjectResult(new StaffSecurityView(session.Operator.Email, session.Login.PasswordChangedAt, totp, callers.FreshUntil(session)));
    }

    /// <summary>For five minutes this session is good for what destroys, gives back or reveals.</summary>
    [Function("StaffStepUp")]
    [OperatorsOnly(From = StaffStage.SetPassword), Takes(typeof(StaffProof)), Answers(200, typeof(Fresh))]
    public async Task<IActionResult> StepUp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/auth/step-up")] HttpRequest request, CancellationToken ct)
    {
        var session = await callers.SessionAsync(request, ct);
        var by = await proofs.CheckAsync(request, session.Login, await Bodies.ReadAsync<StaffProof>(request, ct), ct);
        var until = await callers.RenewAsync(request, ct);
        await log.ActAsync(session.Operator, "step-up", new { by }, ct);
        return new OkObjectResult(new Fresh(until));
    }
}

/// <summary>An operator's own password.</summary>
public sealed class StaffPasswords(StaffCallers callers, StaffPasswordSetter setter)
{
    /// <summary>Sets another password. All other sessions end, and this one gets a new token. The current one is asked for, unless it was made
    /// for him and he has just signed in with it.</summary>
    [Function("StaffChangePassword")]
    [OperatorsOnly(From = StaffStage.SetPassword), Takes(typeof(PasswordChange)), Answers(200, typeof(StaffSignedInView))]
    public async Task<IActionResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/auth/password")] HttpRequest request, CancellationToken ct)
    {
        var session = await callers.SessionAsync(request, ct);
        if (session.Login.Made is not null)
        {
            await callers.RequireFreshAsync(request, ct);
        }

        await setter.ChangeAsync(request, session.Login, await Bodies.ReadAsync<PasswordChange>(request, ct), ct);
        return new OkObjectResult(await callers.SignInAsync(request, session.Operator, ct));
    }
}

/// <summary>Looks at what an operator shows who is signed in.</summary>
public sealed class StaffProofs(StaffDoor door, StaffCodeGuesses codes)
{
    /// <returns>What it was.</returns>
    /// <exception cref="ProblemException">When it is wrong, or there is not just one.</exception>
    public async Task<string> CheckAsync(HttpRequest request, OperatorLogin login, StaffProof proof, CancellationToken ct)
    {
        var address = Callers.Address(request);
        switch (proof)
        {
            case { Password: { } password, Code: null, RecoveryCode: null }:
                await door.CheckAsync(request.HttpContext.Response, login, new(login.Operator.Email, Rules.Password(password), address), ct);
                return "password";
            case { Password: null } when proof.Code is null != proof.RecoveryCode is null:
                // The session shows that he knows the password: nobody else's guesses are counted with his.
                await codes.CheckAsync(new(login.Operator.Id, address, Known: true), proof.Code, proof.RecoveryCode, ct);
                return proof.Code is null ? "recovery-code" : "code";
            default:
                throw Problems.Invalid("password", "or 'code' or 'recoveryCode' is needed, and just one of these.");
        }
    }
}

/// <summary>Sets operators' passwords.</summary>
public sealed class StaffPasswordSetter(OperatorStore operators, Passwords passwords, StaffDoor door, StaffLog log)
{
    /// <exception cref="ProblemException">When the current one is wrong, or the new one is none.</exception>
    public async Task ChangeAsync(HttpRequest request, OperatorLogin login, PasswordChange typed, CancellationToken ct)
    {
        var (who, lane, isMade) = (login.Operator, $"staff change {login.Operator.Id}", login.Made is not null);
        if (!isMade)
        {
            var current = new Typed(who.Email, Rules.Password(typed.Current, "current"), Callers.Address(request));
            await door.CheckAsync(request.HttpContext.Response, login, current, ct);
        }

        var password = Rules.NewPassword(typed.Password, who.Email);
        if (isMade && await passwords.IsRightAsync(password, login.PasswordHash, lane, ct))
        {
            throw Problems.WeakPassword("is the one that was made for you. Choose one of your own.");
        }

        if (!await operators.SetPasswordAsync(who, await passwords.HashAsync(password, lane, ct), ct))
        {
            throw Problems.StaffSignInNeeded();
        }

        await log.ActAsync(who, "change-password", new { wasMade = isMade }, ct);
    }
}
