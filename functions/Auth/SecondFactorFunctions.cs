using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using OtpNet;
using QRCoder;

namespace Launchpad.Functions.Auth;

/// <param name="Secret">base32, to be typed in.</param>
/// <param name="Uri">otpauth://, for an authenticator on the same device.</param>
/// <param name="Qr">The same as a picture: a row of 0 and 1 each, with its margin.</param>
public sealed record TotpBegun(string Secret, string Uri, IReadOnlyList<string> Qr, DateTimeOffset ExpiresAt)
{
    /// <param name="begun">What is to become a second factor.</param>
    /// <param name="email">Whose it is, as his authenticator shows it.</param>
    /// <param name="issuer">For what it is, as his authenticator shows it.</param>
    internal static TotpBegun Of(Enrolment begun, string email, string issuer)
    {
        var uri = new OtpUri(OtpType.Totp, begun.Secret, email, issuer).ToString();
        return new(Base32Encoding.ToString(begun.Secret), uri, Picture(uri), begun.ExpiresAt);
    }

    private static IReadOnlyList<string> Picture(string uri)
    {
        using var qr = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        return [.. qr.ModuleMatrix.Select(row => string.Concat(row.Cast<bool>().Select(dark => dark ? '1' : '0')))];
    }
}

public sealed record TotpCode(string? Code);

/// <param name="Codes">Shown once.</param>
public sealed record RecoveryCodesShown(IReadOnlyList<string> RecoveryCodes);

/// <summary>Codes of an authenticator as a second factor.</summary>
public sealed class SecondFactorFunctions(Callers callers, SecondFactors factors, AccountCodeGuesses codes, AccountLog log)
{
    private const string Issuer = "Launchpad";

    /// <summary>Begins to turn it on. Nothing is on until a code was confirmed.</summary>
    [Function("BeginTotp")]
    [Needs(Permission.Self)]
    [StepUp, Answers(200, typeof(TotpBegun))]
    public async Task<IActionResult> Begin(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/totp")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        if (account.EmailVerifiedAt is null || account.SecondFactorSince is not null)
        {
            throw account.EmailVerifiedAt is null ? Problems.EmailUnconfirmed() : Problems.SecondFactorOn();
        }

        return new OkObjectResult(TotpBegun.Of(await factors.BeginAsync(account.Id, ct), account.Email, Issuer));
    }

    /// <summary>Turns it on, with a code that shows that the authenticator has the secret. The recovery codes are shown once.</summary>
    [Function("ConfirmTotp")]
    [Needs(Permission.Self)]
    [Takes(typeof(TotpCode)), Answers(200, typeof(RecoveryCodesShown))]
    public async Task<IActionResult> Confirm(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/totp/confirm")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var code = (await Bodies.ReadAsync<TotpCode>(request, ct)).Code;
        return await ShowAsync(account, await codes.ConfirmAsync(account.Id, Callers.Address(request), code, ct), "turn-on-second-factor", ct);
    }

    /// <summary>Makes new recovery codes, which are shown once. The old ones are void.</summary>
    [Function("RenewRecoveryCodes")]
    [Needs(Permission.Self)]
    [StepUp, Answers(200, typeof(RecoveryCodesShown))]
    public async Task<IActionResult> Renew(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/totp/recovery-codes")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        return account.SecondFactorSince is null
            ? throw Problems.SecondFactorOff()
            : await ShowAsync(account, await factors.RenewCodesAsync(account.Id, ct), "renew-recovery-codes", ct);
    }

    /// <summary>Turns it off.</summary>
    [Function("TurnOffTotp")]
    [Needs(Permission.Self)]
    [StepUp, Answers(204)]
    public async Task<IActionResult> TurnOff(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "auth/totp")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        await factors.TurnOffAsync(account.Id, ct);
        await log.ActAsync(account.Id, "turn-off-second-factor", null, ct);
        return new NoContentResult();
    }

    private async Task<IActionResult> ShowAsync(Account account, IReadOnlyList<string> shown, string action, CancellationToken ct)
    {
        await log.ActAsync(account.Id, action, null, ct);
        return new OkObjectResult(new RecoveryCodesShown(shown));
    }
}
