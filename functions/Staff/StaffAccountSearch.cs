using Launchpad.Shared;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="Operation">What goes on with it; null for nothing.</param>
/// <param name="LastOperation">The newest, which may have ended.</param>
public sealed record StaffDeploymentView(
    string Id, string Name, string Plan, [property: Wire(typeof(DeploymentStatus))] string Status, string? Vm, string? Operation,
    string? LastOperation, DateTimeOffset CreatedAt);

/// <param name="Email">Null once the account is closed: it is kept nowhere then.</param>
/// <param name="ClosesAt">When it is closed, as its owner asked; null where he did not.</param>
/// <param name="ClosedAt">Since when it is; null while it is open.</param>
/// <param name="LockedAt">Since when nobody gets in, as an operator said; null where that is not so.</param>
/// <param name="Deployments">The oldest first, a hundred of them at most.</param>
/// <param name="HasMore">True when there are more.</param>
public sealed record StaffAccountView(
    string Id, string? Email, DateTimeOffset CreatedAt, DateTimeOffset? ClosesAt, DateTimeOffset? ClosedAt, DateTimeOffset? LockedAt,
    IReadOnlyList<StaffDeploymentView> Deployments, bool HasMore);

public sealed record StaffAccountsView(IReadOnlyList<StaffAccountView> Accounts);

/// <summary>Finds customers.</summary>
public sealed class StaffAccountSearch(StaffCallers callers, AccountStore accounts, AccountEnds ends, DeploymentStore deployments)
{
    /// <summary>The account of that id or e-mail address, with what it has.</summary>
    [Function("StaffSearchAccounts")]
    [Query("q")]
    [OperatorsOnly, Answers(200, typeof(StaffAccountsView))]
    public async Task<IActionResult> Search(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/accounts")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var typed = request.Query["q"].FirstOrDefault() ?? "";
        var found = Ids.IsValid(typed, Ids.Account) ? await accounts.FindAsync(typed, ct)
            : typed.Contains('@', StringComparison.Ordinal) ? (await accounts.FindByEmailAsync(Rules.SignInEmail(typed), ct))?.Account
            : throw Problems.Invalid("q", "is the id of an account, or an e-mail address.");
        return new OkObjectResult(new StaffAccountsView(
            found is not null ? [await ViewAsync(new(found.Id, found.Email, found.CreatedAt, found.ClosesAt, null, found.LockedAt, [], HasMore: false), ct)]
            : Ids.IsValid(typed, Ids.Account) && await ends.FindClosedAsync(typed, ct) is { } closed
                ? [await ViewAsync(new(closed.Id, null, closed.CreatedAt, null, closed.ClosedAt, null, [], HasMore: false), ct)]
            : []));
    }

    private async Task<StaffAccountView> ViewAsync(StaffAccountView account, CancellationToken ct)
    {
        var (has, next) = await deployments.ListAsync(account.Id, null, ct);
        return account with { Deployments = [.. has.Select(View)], HasMore = next is not null };
    }

    private static StaffDeploymentView View(Deployment one) => new(
        one.Id, one.Name, one.Plan, one.Status.Wire(), one.Vm, one.Operation?.Id, one.LastOperation, one.CreatedAt);
}
