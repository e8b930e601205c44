using Launchpad.Shared.Accounts;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

public sealed record OperatorView(string Id, string Email, DateTimeOffset CreatedAt)
{
    internal static OperatorView Of(Operator one) => new(one.Id, one.Email, one.CreatedAt);
}

/// <param name="Token">Shown once; send it as bearer token.</param>
public sealed record StaffSignedInView(OperatorView Operator, string Token, DateTimeOffset ExpiresAt);

/// <summary>How operators sign in. Nobody signs up here: see `./launchpad operator add`.</summary>
public sealed class StaffAccounts(StaffDoor door, StaffCallers callers, StaffLog log)
{
    /// <summary>Signs an operator in.</summary>
    [Function("StaffLogin")]
    [Open, Takes(typeof(Credentials)), Answers(200, typeof(StaffSignedInView))]
    public async Task<IActionResult> Login(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/auth/login")] HttpRequest request, CancellationToken ct)
    {
        var body = await Bodies.ReadAsync<Credentials>(request, ct);
        var (typed, password) = (Rules.SignInEmail(body.Email), Rules.Password(body.Password));
        var known = await door.OpenAsync(typed, password, Callers.Address(request), ct);
        var (token, expires) = await callers.SignInAsync(request, known, ct);
        await log.ActAsync(known, "sign-in", null, ct);
        return new OkObjectResult(new StaffSignedInView(OperatorView.Of(known), token, expires));
    }

    /// <summary>Ends the session that it is called with.</summary>
    [Function("StaffLogout")]
    [OperatorsOnly, Answers(204)]
    public async Task<IActionResult> Logout(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/auth/logout")] HttpRequest request, CancellationToken ct)
    {
        await callers.SignOutAsync(request, ct);
        return new NoContentResult();
    }

    /// <summary>Which operator is signed in.</summary>
    [Function("StaffMe")]
    [OperatorsOnly, Answers(200, typeof(OperatorView))]
    public async Task<IActionResult> Me(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/auth/me")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(OperatorView.Of(await callers.RequireAsync(request, ct)));
}

/// <summary>Lets operators in, under the limits of ADR 18, counted apart from customers': nobody who guesses at a shop keeps its keeper
/// out.</summary>
public sealed class StaffDoor(OperatorStore operators, Passwords passwords, TimeProvider clock)
{
    private readonly SignInLimits limits = new(clock);

    /// <exception cref="ProblemException">When that is nobody's address and password, or it was tried too often.</exception>
    public async Task<Operator> OpenAsync(string typed, string password, string address, CancellationToken ct)
    {
        var found = await operators.FindByEmailAsync(typed, ct);
        var known = found?.Knows(address) is true;
        var lane = known ? $"staff {address} {found!.Operator.Id}" : $"staff {address}";
        if (!await limits.TryAsync(new(typed, address, known), () => passwords.VerifyAsync(password, found?.PasswordHash, lane, ct)))
        {
            throw Problems.WrongCredentials();
        }

        await operators.RememberAsync(found!, address, ct);
        return found!.Operator;
    }
}
