using System.Threading.RateLimiting;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

public sealed record Credentials(string? Email, string? Password);

public sealed record AccountView(string Id, string Email, DateTimeOffset CreatedAt);

/// <param name="Token">Shown once; send it as bearer token.</param>
public sealed record SignedIn(AccountView Account, string Token, DateTimeOffset ExpiresAt);

/// <summary>Sign-up, login, logout, me.</summary>
public sealed class Accounts(
    AccountStore accounts, SessionStore sessions, Passwords passwords, Callers callers, SignInThrottle throttle, TimeProvider clock)
{
    [Function("Signup")]
    public async Task<IActionResult> Signup(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/signup")] HttpRequest request, CancellationToken ct)
    {
        var body = await Bodies.ReadAsync<Credentials>(request, ct);
        var (email, password) = (Rules.Email(body.Email), Rules.Password(body.Password));
        var hash = await passwords.HashAsync(password, ct);
        var account = await accounts.CreateAsync(email, hash, ct) ?? throw Problems.EmailTaken();
        return await SignInAsync(request, account, StatusCodes.Status201Created, ct);
    }

    [Function("Login")]
    public async Task<IActionResult> Login(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/login")] HttpRequest request, CancellationToken ct)
    {
        var body = await Bodies.ReadAsync<Credentials>(request, ct);
        var (email, password) = (Rules.Email(body.Email), Rules.Password(body.Password));
        throttle.Enter(email);
        var found = await accounts.FindByEmailAsync(email, ct);
        return await passwords.VerifyAsync(password, found?.PasswordHash, ct)
            ? await SignInAsync(request, found!.Value.Account, StatusCodes.Status200OK, ct)
            : throw Problems.WrongCredentials();
    }

    [Function("Logout")]
    public async Task<IActionResult> Logout(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/logout")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        await sessions.CloseAsync(callers.Token(request)!, ct);
        request.HttpContext.Response.Cookies.Delete(Callers.Cookie, CookieOf(clock.GetUtcNow()));
        return new NoContentResult();
    }

    [Function("Me")]
    public async Task<IActionResult> Me(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "auth/me")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(View(await callers.RequireAsync(request, ct)));

    private async Task<IActionResult> SignInAsync(HttpRequest request, Account account, int status, CancellationToken ct)
    {
        var token = await sessions.OpenAsync(account.Id, ct);
        var expires = clock.GetUtcNow() + SessionStore.Lifetime;
        request.HttpContext.Response.Cookies.Append(Callers.Cookie, token, CookieOf(expires));
        return new ObjectResult(new SignedIn(View(account), token, expires)) { StatusCode = status };
    }

    private static CookieOptions CookieOf(DateTimeOffset expires) =>
        new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", Expires = expires };

    private static AccountView View(Account account) => new(account.Id, account.Email, account.CreatedAt);
}

/// <summary>Slows guessing of one account's password down, wherever the guesses come from.</summary>
public sealed class SignInThrottle : IDisposable
{
    private const int AttemptsMax = 10;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> attempts = PartitionedRateLimiter.Create<string, string>(
        email => RateLimitPartition.GetFixedWindowLimiter(
            email.ToUpperInvariant(), _ => new() { PermitLimit = AttemptsMax, Window = Window, QueueLimit = 0 }));

    public void Enter(string email)
    {
        using var lease = attempts.AttemptAcquire(email);
        if (!lease.IsAcquired)
        {
            throw Problems.TooManyAttempts((int)Window.TotalSeconds);
        }
    }

    public void Dispose() => attempts.Dispose();
}
