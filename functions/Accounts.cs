using System.ComponentModel.DataAnnotations;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

public sealed record Credentials([property: Required] string? Email, [property: Required] string? Password);

public sealed record AccountView(string Id, string Email, DateTimeOffset CreatedAt);

/// <param name="Token">Shown once; send it as bearer token.</param>
public sealed record SignedIn(AccountView Account, string Token, DateTimeOffset ExpiresAt);

/// <summary>Sign-up, login, logout, me.</summary>
public sealed class Accounts(AccountStore accounts, Passwords passwords, SignInLimits limits, Callers callers)
{
    /// <summary>Makes an account and signs in to it.</summary>
    [Function("Signup")]
    [Open, Takes(typeof(Credentials)), Answers(201, typeof(SignedIn))]
    public async Task<IActionResult> Signup(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/signup")] HttpRequest request, CancellationToken ct)
    {
        var body = await Bodies.ReadAsync<Credentials>(request, ct);
        var (email, password) = (Rules.Email(body.Email), Rules.Password(body.Password));
        var address = Callers.Address(request);
        var hash = await passwords.HashAsync(password, $"signup {address}", ct);
        var account = await accounts.CreateAsync(email, body.Email!, hash, address, ct) ?? throw Problems.EmailTaken();
        return await SignInAsync(request, account, StatusCodes.Status201Created, ct);
    }

    /// <summary>Signs in. Browsers keep the session in a cookie, everybody else sends the token.</summary>
    [Function("Login")]
    [Open, Takes(typeof(Credentials)), Answers(200, typeof(SignedIn))]
    public async Task<IActionResult> Login(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/login")] HttpRequest request, CancellationToken ct)
    {
        var body = await Bodies.ReadAsync<Credentials>(request, ct);
        var (typed, password) = (Rules.SignInEmail(body.Email), Rules.Password(body.Password));
        var address = Callers.Address(request);
        var found = await accounts.FindByEmailAsync(typed, ct);
        var known = found?.Knows(address) is true;
        var lane = known ? $"login {address} {found!.Account.Id}" : $"login {address}";
        var guess = new Guess(typed, address, known);
        var right = false;
        try
        {
            right = await limits.TryAsync(guess, () => passwords.VerifyAsync(password, found?.PasswordHash, lane, ct));
        }
        finally
        {
            limits.Look(guess).WriteTo(request.HttpContext.Response);
        }

        if (!right)
        {
            throw Problems.WrongCredentials();
        }

        await accounts.RememberAsync(found!, address, ct);
        return await SignInAsync(request, found!.Account, StatusCodes.Status200OK, ct);
    }

    /// <summary>Ends the session that it is called with.</summary>
    [Function("Logout")]
    [Answers(204)]
    public async Task<IActionResult> Logout(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/logout")] HttpRequest request, CancellationToken ct)
    {
        await callers.SignOutAsync(request, ct);
        return new NoContentResult();
    }

    /// <summary>Who is signed in.</summary>
    [Function("Me")]
    [Answers(200, typeof(AccountView))]
    public async Task<IActionResult> Me(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "auth/me")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(View(await callers.RequireAsync(request, ct)));

    private async Task<IActionResult> SignInAsync(HttpRequest request, Account account, int status, CancellationToken ct)
    {
        var (token, expires) = await callers.SignInAsync(request, account, ct);
        return new ObjectResult(new SignedIn(View(account), token, expires)) { StatusCode = status };
    }

    private static AccountView View(Account account) => new(account.Id, account.Email, account.CreatedAt);
}
