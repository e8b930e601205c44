using System.Text.Json;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Auth;

/// <summary>One of them: the password, a code of the authenticator, a recovery code, or a passkey's answer with the state it belongs to.</summary>
/// <param name="State">Of POST …/step-up/passkey.</param>
public sealed record Proof(string? Password, string? Code, string? RecoveryCode, string? State, JsonElement? Credential);

/// <param name="FreshUntil">Until when routes that destroy or reveal are open to this session.</param>
public sealed record Fresh(DateTimeOffset FreshUntil);

/// <summary>Proves once more who somebody is, in the session that he has.</summary>
public sealed class StepUps(Callers callers, Proofs proofs, PasskeyCeremonies passkeys, AccountLog log)
{
    /// <summary>For five minutes this session is good for what destroys or reveals.</summary>
    [Function("StepUp")]
    [Needs(Permission.Self)]
    [Takes(typeof(Proof)), Answers(200, typeof(Fresh))]
    public async Task<IActionResult> StepUp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/step-up")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var by = await proofs.CheckAsync(account, await Bodies.ReadAsync<Proof>(request, ct), Callers.Address(request), ct);
        var until = await callers.RenewAsync(request, ct);
        await log.ActAsync(account.Id, "step-up", new { by }, ct);
        return new OkObjectResult(new Fresh(until));
    }

    /// <summary>Begins to prove it by a passkey.</summary>
    [Function("BeginPasskeyStepUp")]
    [Unrecorded("A question to a device.")]
    [Needs(Permission.Self)]
    [Answers(200, typeof(Ceremony))]
    public async Task<IActionResult> Passkey(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/step-up/passkey")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        return new OkObjectResult(await passkeys.AskAsync(account, Callers.Address(request), ct));
    }
}

/// <summary>Looks at what somebody shows who is signed in.</summary>
public sealed class Proofs(Door door, AccountCodeGuesses codes, PasskeyCeremonies passkeys)
{
    /// <returns>What it was.</returns>
    /// <exception cref="ProblemException">When it is wrong, or there is not just one.</exception>
    public async Task<string> CheckAsync(Account account, Proof proof, string address, CancellationToken ct)
    {
        switch (proof)
        {
            case { Password: { } password, Code: null, RecoveryCode: null, Credential: null }:
                await door.CheckAsync(account, Rules.Password(password), address, ct);
                return "password";
            case { Password: null, Credential: null } when proof.Code is null != proof.RecoveryCode is null:
                // The session shows that he knows the password: nobody else's guesses are counted with his.
                await codes.CheckAsync(new(account.Id, address, Known: true), proof.Code, proof.RecoveryCode, ct);
                return proof.Code is null ? "recovery-code" : "code";
            case { Password: null, Code: null, RecoveryCode: null, State: { } state, Credential: { } credential }:
                await passkeys.CheckAsync(account, state, credential, address, ct);
                return "passkey";
            default:
                throw Problems.Invalid("password", "or 'code', 'recoveryCode', or 'state' with 'credential' is needed, and just one of these.");
        }
    }
}
