using Launchpad.Shared;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

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
        if (!Ids.IsValid(account, Ids.Account) || await accounts.FindAsync(account, ct) is null)
        {
            throw Problems.NoneOfThatId();
        }

        await security.SignOutAsync(account, ct);
        await log.ActOnAllAsync([account], who, "sign-out-everywhere", new { account }, ct);
        return new NoContentResult();
    }
}
