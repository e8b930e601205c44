using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Auth;

public sealed record TotpView(DateTimeOffset EnabledAt, int RecoveryCodesLeft);

/// <param name="PasswordChangedAt">Null where it is the first.</param>
/// <param name="Totp">Null where signing in asks for no code.</param>
/// <param name="FreshUntil">Until when routes that destroy or reveal are open; null where they ask for a proof first.</param>
public sealed record SecurityView(
    string Email, DateTimeOffset? EmailVerifiedAt, DateTimeOffset? PasswordChangedAt, TotpView? Totp, IReadOnlyList<PasskeyView> Passkeys,
    DateTimeOffset? FreshUntil);

/// <summary>How an account is secured.</summary>
public sealed class Security(Callers callers, SecondFactors factors, PasskeyStore passkeys)
{
    /// <summary>How your account is secured.</summary>
    [Function("GetSecurity")]
    [Needs(Permission.Self)]
    [Answers(200, typeof(SecurityView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "auth/security")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var totp = account.SecondFactorSince is { } since ? new TotpView(since, await factors.CodesLeftAsync(account.Id, ct)) : null;
        var keys = await passkeys.ListAsync(account.Id, ct);
        return new OkObjectResult(new SecurityView(
            account.Email, account.EmailVerifiedAt, account.PasswordChangedAt, totp, [.. keys.Select(PasskeyView.Of)],
            callers.FreshUntil(request)));
    }
}
