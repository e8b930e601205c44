using Launchpad.Functions.Auth;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="RecoveryCodes">Shown once.</param>
/// <param name="Token">In the place of the one that it was asked with; null to a page in a browser.</param>
public sealed record StaffEnrolledView(IReadOnlyList<string> RecoveryCodes, string? Token, DateTimeOffset ExpiresAt);

/// <summary>Codes of an authenticator as an operator's second factor.</summary>
public sealed class StaffFactors(StaffCallers callers, StaffFactorActs acts)
{
    /// <summary>Begins to turn it on. Nothing is on until a code was confirmed.</summary>
    [Function("StaffBeginTotp")]
    [OperatorsOnly(From = StaffStage.Enrol), StepUp, Answers(200, typeof(TotpBegun))]
    public async Task<IActionResult> Begin(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/auth/totp")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(await acts.BeginAsync(await callers.SessionAsync(request, ct), ct));

    /// <summary>Turns it on, with a code that shows that the authenticator has the secret. The recovery codes are shown once. Sessions that were
    /// opened without a code end, and this one gets a new token.</summary>
    [Function("StaffConfirmTotp")]
    [OperatorsOnly(From = StaffStage.Enrol), Takes(typeof(TotpCode)), Answers(200, typeof(StaffEnrolledView))]
    public async Task<IActionResult> Confirm(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/auth/totp/confirm")] HttpRequest request, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        var codes = await acts.ConfirmAsync(who, Callers.Address(request), (await Bodies.ReadAsync<TotpCode>(request, ct)).Code, ct);
        var signedIn = await callers.SignInAsync(request, who, ct);
        return new OkObjectResult(new StaffEnrolledView(codes, signedIn.Token, signedIn.ExpiresAt));
    }

    /// <summary>Makes new recovery codes, which are shown once. The old ones are void.</summary>
    [Function("StaffRenewRecoveryCodes")]
    [OperatorsOnly, StepUp, Answers(200, typeof(RecoveryCodesShown))]
    public async Task<IActionResult> Renew(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/auth/totp/recovery-codes")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(new RecoveryCodesShown(await acts.RenewAsync(await callers.SessionAsync(request, ct), ct)));

    /// <summary>Turns it off, to set up another one.</summary>
    [Function("StaffTurnOffTotp")]
    [OperatorsOnly, StepUp, Answers(204)]
    public async Task<IActionResult> TurnOff(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "staff/auth/totp")] HttpRequest request, CancellationToken ct)
    {
        await acts.TurnOffAsync(await callers.RequireAsync(request, ct), ct);
        return new NoContentResult();
    }
}

/// <summary>What operators do with their second factors, and that it is written down.</summary>
public sealed class StaffFactorActs(OperatorFactors factors, StaffCodeGuesses codes, StaffLog log)
{
    private const string Issuer = "Launchpad operators";

    public async Task<TotpBegun> BeginAsync(StaffSession session, CancellationToken ct) => session.FactorSince is not null
        ? throw Problems.SecondFactorOn()
        : TotpBegun.Of(await factors.BeginAsync(session.Operator.Id, ct), session.Operator.Email, Issuer);

    public async Task<IReadOnlyList<string>> ConfirmAsync(Operator who, string address, string? code, CancellationToken ct)
    {
        var made = await codes.ConfirmAsync(who.Id, address, code, ct);
        await log.ActAsync(who, "turn-on-second-factor", null, ct);
        return made;
    }

    public async Task<IReadOnlyList<string>> RenewAsync(StaffSession session, CancellationToken ct)
    {
        var made = session.FactorSince is null ? throw Problems.SecondFactorOff() : await factors.RenewCodesAsync(session.Operator.Id, ct);
        await log.ActAsync(session.Operator, "renew-recovery-codes", null, ct);
        return made;
    }

    public async Task TurnOffAsync(Operator who, CancellationToken ct)
    {
        await factors.TurnOffAsync(who.Id, ct);
        await log.ActAsync(who, "turn-off-second-factor", null, ct);
    }
}
