using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Mail;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Auth;

public sealed record Forgotten(string? Email);

/// <param name="Token">What stood behind `#token=` in the link.</param>
public sealed record NewPassword(string? Token, string? Password);

/// <param name="Current">May be left out by who has just proven himself in another way (POST …/step-up).</param>
public sealed record PasswordChange(string? Password, string? Current);

/// <summary>Another password: for who has forgotten his, and for who has not.</summary>
public sealed class PasswordChanges(ForgottenPasswords forgotten, PasswordSetter setter, Callers callers, SecondStep second)
{
    /// <summary>Sends a link to set a new password. The answer is the same whether the address has an account or not.</summary>
    [Function("ForgotPassword")]
    [Unrecorded("A letter alone, and whose account it is nobody has shown.")]
    [Open, Takes(typeof(Forgotten)), Answers(204)]
    public async Task<IActionResult> Forgot(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/forgot")] HttpRequest request, CancellationToken ct)
    {
        var typed = Rules.SignInEmail((await Bodies.ReadAsync<Forgotten>(request, ct)).Email);
        await forgotten.SendLinkAsync(typed, Callers.Address(request), ct);
        return new NoContentResult();
    }

    /// <summary>Sets a new password with the link, and signs everybody out.</summary>
    [Function("ResetPassword")]
    [Open, Takes(typeof(NewPassword)), Answers(204)]
    public async Task<IActionResult> Reset(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/reset")] HttpRequest request, CancellationToken ct)
    {
        forgotten.Follow(Callers.Address(request));
        await setter.ResetAsync(await Bodies.ReadAsync<NewPassword>(request, ct), Callers.Address(request), ct);
        return new NoContentResult();
    }

    /// <summary>Sets another password. All other sessions end, and this one gets a new token.</summary>
    [Function("ChangePassword")]
    [Needs(Permission.Self)]
    [Takes(typeof(PasswordChange)), Answers(200, typeof(SignedIn))]
    public async Task<IActionResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/password")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var body = await Bodies.ReadAsync<PasswordChange>(request, ct);
        if (body.Current is null)
        {
            await callers.RequireFreshAsync(request, ct);
        }

        await setter.ChangeAsync(account, body, Callers.Address(request), ct);
        return await second.SignInAsync(request, account, "password", StatusCodes.Status200OK, ct);
    }
}

/// <summary>Asks for a letter to whoever has an address. Whether somebody has is looked up when it is sent: until then there is the same to
/// do for every address.</summary>
public sealed class ForgottenPasswords(AuthLimits limits, Outbox outbox, TimeProvider clock)
{
    /// <summary>One address is written to no more often than once in this time, whoever asks.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    /// <summary>Somebody comes with a link.</summary>
    public void Follow(string address) => limits.Link(address);

    public async Task SendLinkAsync(string typed, string address, CancellationToken ct)
    {
        limits.Forgot(address);
        var email = EmailAddress.Normalize(typed) ?? typed;
        var who = $"address-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(EmailAddress.Key(email))))}";
        var turn = (clock.GetUtcNow().UtcTicks / Step.Ticks).ToString(CultureInfo.InvariantCulture);
        await outbox.SendAsync(who, LetterKinds.ResetPassword, $"reset-{turn}", new Dictionary<string, string> { ["email"] = typed }, ct);
    }
}

/// <summary>Sets passwords.</summary>
public sealed class PasswordSetter(AccountLinks links, AccountSecurity security, PasswordProof proof, AccountLog log)
{
    /// <exception cref="ProblemException">When the link does not work any more, or the password is none.</exception>
    public async Task ResetAsync(NewPassword typed, string address, CancellationToken ct)
    {
        var link = await links.FindAsync(typed.Token, LinkPurpose.Reset, ct) ?? throw Problems.LinkOver();
        var account = await proof.AccountAsync(link.Account, ct);
        var hash = await proof.HashAsync(typed.Password, account.Email, $"reset {address}", ct);
        if (!await security.ResetPasswordAsync(link, account.EmailVerifiedAt is not null, hash, ct))
        {
            throw Problems.LinkOver();
        }

        await proof.CloseAllAsync(account.Id, ct);
        await log.ActAsync(account.Id, "reset-password", null, ct);
    }

    /// <exception cref="ProblemException">When the current one is wrong, or the new one is none.</exception>
    public async Task ChangeAsync(Account account, PasswordChange typed, string address, CancellationToken ct)
    {
        if (typed.Current is { } current)
        {
            await proof.CheckAsync(account, Rules.Password(current, "current"), address, ct);
        }

        var hash = await proof.HashAsync(typed.Password, account.Email, $"change {account.Id}", ct);
        await security.ChangePasswordAsync(account.Id, hash, ct);
        await proof.CloseAllAsync(account.Id, ct);
        await log.ActAsync(account.Id, "change-password", null, ct);
    }
}

/// <summary>What setting a password needs besides.</summary>
public sealed class PasswordProof(Door door, Passwords passwords, AccountStore accounts, SessionStore sessions)
{
    public async Task<Account> AccountAsync(string id, CancellationToken ct) => await accounts.FindAsync(id, ct) ?? throw Problems.LinkOver();

    public Task CheckAsync(Account account, string password, string address, CancellationToken ct) => door.CheckAsync(account, password, address, ct);

    public Task<string> HashAsync(string? typed, string email, string lane, CancellationToken ct) =>
        passwords.HashAsync(Rules.NewPassword(typed, email), lane, ct);

    /// <summary>They do not count any more already; this is for the list.</summary>
    public Task CloseAllAsync(string account, CancellationToken ct) => sessions.CloseOthersAsync(account, kept: null, ct);
}
