using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Auth;
using Launchpad.Shared;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="Reason">For the record of operators.</param>
public sealed record StaffReason([property: Required] string? Reason);

/// <summary>What operators do for a customer whose account somebody else may be in.</summary>
public sealed class StaffAccountActs(StaffCallers callers, AccountStore accounts, AccountSecurity security, StaffLog log)
{
    /// <summary>Signs an account out of every browser and assistant; no device shows its notifications any more. Its bots go on, its API tokens
    /// stay, and its owner is written to.</summary>
    [Function("StaffSignOutAccount")]
    [OperatorsOnly, Answers(204)]
    public async Task<IActionResult> SignOut(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/accounts/{account}/sign-out")] HttpRequest request, string account,
        CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        await RequireAsync(account, ct);
        await log.ActOnAllAsync([account], who, "sign-out-everywhere", new { account }, ct);
        await security.SignOutAsync(account, ct);
        return new NoContentResult();
    }

    /// <summary>Lets nobody in: neither its owner nor its members, nor any token or assistant. Its bots go on, and so does what is paid for them.
    /// Its owner is written to. Locked once more, nothing changes.</summary>
    [Function("StaffLockAccount")]
    [OperatorsOnly, Takes(typeof(StaffReason)), Answers(204)]
    public async Task<IActionResult> Lock(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/accounts/{account}/lock")] HttpRequest request, string account,
        CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        var known = await RequireAsync(account, ct);
        var reason = Rules.Reason((await Bodies.ReadAsync<StaffReason>(request, ct)).Reason);
        await SetAsync(who, known, isLocked: true, reason, ct);
        return new NoContentResult();
    }

    /// <summary>Lets people in again, who sign in anew. Tokens that still run work again.</summary>
    [Function("StaffUnlockAccount")]
    [OperatorsOnly, Answers(204)]
    public async Task<IActionResult> Unlock(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "staff/accounts/{account}/lock")] HttpRequest request, string account,
        CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        await SetAsync(who, await RequireAsync(account, ct), isLocked: false, null, ct);
        return new NoContentResult();
    }

    private async Task SetAsync(Operator who, Account account, bool isLocked, string? reason, CancellationToken ct)
    {
        if (isLocked != account.LockedAt is not null)
        {
            await log.LockAsync(account.Id, who, isLocked ? "lock-account" : "unlock-account", reason, ct);
            await security.LockAsync(account.Id, isLocked, ct);
        }
    }

    private async Task<Account> RequireAsync(string account, CancellationToken ct) =>
        (Ids.IsValid(account, Ids.Account) ? await accounts.FindAsync(account, ct) : null) ?? throw Problems.NoneOfThatId();
}

/// <summary>What operators do when sessions of many may be in wrong hands.</summary>
public sealed class StaffSignOuts(StaffCallers callers, SessionCutoff cutoff, StaffLog log)
{
    /// <summary>Signs all customers out of every browser and assistant, within ten seconds. Bots go on, and API tokens stay. Nobody is written
    /// to.</summary>
    [Function("StaffSignOutAll")]
    [OperatorsOnly, StepUp, Takes(typeof(StaffReason)), Answers(204)]
    public async Task<IActionResult> SignOut(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/accounts/sign-out")] HttpRequest request, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        var reason = Rules.Reason((await Bodies.ReadAsync<StaffReason>(request, ct)).Reason);
        await log.ActAsync(who, "sign-out-all", new { reason }, ct);
        await cutoff.SetAsync(ct);
        return new NoContentResult();
    }
}
