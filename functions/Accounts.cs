using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Mail;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

public sealed record Credentials([property: Required] string? Email, [property: Required] string? Password);

/// <param name="EmailVerifiedAt">When the link that was sent to the address was followed; null until then.</param>
/// <param name="ClosesAt">When the account is closed, as you asked; null where it stays.</param>
public sealed record AccountView(string Id, string Email, DateTimeOffset CreatedAt, DateTimeOffset? EmailVerifiedAt, DateTimeOffset? ClosesAt)
{
    public static AccountView Of(Account account) => new(account.Id, account.Email, account.CreatedAt, account.EmailVerifiedAt, account.ClosesAt);
}

/// <param name="Token">Shown once; send it as bearer token. Null to a page in a browser, which has a cookie instead.</param>
public sealed record SignedIn(AccountView Account, string? Token, DateTimeOffset ExpiresAt);

/// <summary>Sign-up, login, logout, me.</summary>
public sealed class Accounts(NewAccounts newAccounts, Door door, SecondStep second, Callers callers)
{
    /// <summary>Makes an account and signs in to it. A link that confirms the address is sent there.</summary>
    [Function("Signup")]
    [Open, Takes(typeof(Credentials)), Answers(201, typeof(SignedIn))]
    public async Task<IActionResult> Signup(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/signup")] HttpRequest request, CancellationToken ct)
    {
        var account = await newAccounts.MakeAsync(await Bodies.ReadAsync<Credentials>(request, ct), Callers.Address(request), ct);
        return await second.SignInAsync(request, account, "sign-up", StatusCodes.Status201Created, ct);
    }

    /// <summary>Signs in. Browsers keep the session in a cookie, everybody else sends the token. An account with a second factor is asked
    /// for a code first (202).</summary>
    [Function("Login")]
    [Open, Takes(typeof(Credentials)), Answers(200, typeof(SignedIn)), Answers(202, typeof(SecondFactorNeeded))]
    public async Task<IActionResult> Login(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/login")] HttpRequest request, CancellationToken ct)
    {
        var body = await Bodies.ReadAsync<Credentials>(request, ct);
        var typed = new Typed(Rules.SignInEmail(body.Email), Rules.Password(body.Password), Callers.Address(request));
        var login = await door.OpenAsync(request.HttpContext.Response, typed, ct);
        return login.Account.SecondFactorSince is null
            ? await second.EnterAsync(request, login, "password", ct)
            : await second.AskAsync(login, typed.Address, ct);
    }

    /// <summary>Ends the session that it is called with.</summary>
    [Function("Logout")]
    [Needs(Permission.Self)]
    [Answers(204)]
    public async Task<IActionResult> Logout(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/logout")] HttpRequest request, CancellationToken ct)
    {
        await callers.SignOutAsync(request, ct);
        return new NoContentResult();
    }

    /// <summary>Who is signed in.</summary>
    [Function("Me")]
    [Needs(Permission.Self)]
    [Answers(200, typeof(AccountView))]
    public async Task<IActionResult> Me(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "auth/me")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(AccountView.Of(await callers.RequireAsync(request, ct)));
}

/// <summary>Makes accounts.</summary>
public sealed class NewAccounts(AccountStore accounts, Passwords passwords, AuthLimits limits, AddressTaken taken)
{
    public async Task<Account> MakeAsync(Credentials typed, string address, CancellationToken ct)
    {
        var email = Rules.Email(typed.Email);
        var password = Rules.NewPassword(typed.Password, email);
        limits.SignUp(address);
        var hash = await passwords.HashAsync(password, $"signup {address}", ct);
        if (await accounts.CreateAsync(email, typed.Email!, hash, address, ct) is { } made)
        {
            return made;
        }

        limits.Taken(address);
        await taken.TellAsync(typed.Email!, ct);
        throw Problems.EmailTaken();
    }
}

/// <summary>Tells the owner of an address that somebody tried to sign up with it, once a day.</summary>
public sealed class AddressTaken(AccountStore accounts, Outbox outbox, TimeProvider clock)
{
    public async Task TellAsync(string typed, CancellationToken ct)
    {
        if (await accounts.FindByEmailAsync(typed, ct) is { Account: { } account })
        {
            var day = clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            await outbox.SendAsync(account.Id, LetterKinds.AddressTaken, $"{LetterKinds.AddressTaken}-{day}", new Dictionary<string, string>(), ct);
        }
    }
}
