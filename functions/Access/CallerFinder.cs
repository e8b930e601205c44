using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Access;

/// <summary>Finds whose session or token it is, and in which account he works.</summary>
public sealed class CallerFinder(SessionOwners owners, MemberStore members, ApiTokenStore tokens, CallLimits limits)
{
    /// <summary>The account that a person works in, where it is not his own.</summary>
    public const string Header = "Launchpad-Account";

    /// <param name="request">What is asked, and in which account.</param>
    /// <param name="token">What came with it.</param>
    /// <param name="isEnough">Whether a session of that scope will do.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null for a token that is nobody's.</returns>
    /// <exception cref="ProblemException">When the account is not one that he was let into, it or his own is locked, or he calls too often.</exception>
    public async Task<Caller?> EnterAsync(HttpRequest request, string token, Func<string?, bool> isEnough, CancellationToken ct)
    {
        var caller = await FindAsync(request, token, isEnough, ct);
        if (caller is not null)
        {
            limits.Take(request.HttpContext.Response, caller.Actor);
        }

        return caller;
    }

    /// <summary>The same without counting it as a call.</summary>
    /// <inheritdoc cref="EnterAsync"/>
    public async Task<Caller?> FindAsync(HttpRequest request, string token, Func<string?, bool> isEnough, CancellationToken ct)
    {
        var caller = await (ApiTokenStore.IsToken(token) ? OfTokenAsync(request, token, ct) : OfSessionAsync(request, token, isEnough, ct));
        return caller is { Account.LockedAt: null, Person.LockedAt: null } or null ? caller : throw Problems.AccountLocked();
    }

    private async Task<Caller?> OfSessionAsync(HttpRequest request, string token, Func<string?, bool> isEnough, CancellationToken ct)
    {
        if (await owners.FindAsync(token, ct) is not (var session, var person) || !isEnough(session.Scope))
        {
            return null;
        }

        var wanted = request.Headers[Header].ToString();
        if (wanted.Length == 0 || wanted == person.Id || request.HttpContext.Features.Get<Route>()?.Needs is Permission.Self)
        {
            return new(person, person, person.Id, RolePermissions.Of(Role.Owner), null, session);
        }

        return Ids.IsValid(wanted, Ids.Account) && await members.FindAsync(wanted, person.Id, ct) is { } member
            && await owners.AccountAsync(wanted, ct) is { } account
            ? new(account, person, person.Id, RolePermissions.Of(member.Role), null, session)
            : throw Problems.NotFound();
    }

    /// <summary>It can do no more than who made it: when he goes, it goes with him.</summary>
    private async Task<Caller?> OfTokenAsync(HttpRequest request, string token, CancellationToken ct)
    {
        if (await tokens.FindAsync(token, ct) is not { } found || await RoleAsync(found, ct) is not { } role
            || await owners.AccountAsync(found.Account, ct) is not { } account
            || (found.By == account.Id ? account : await owners.AccountAsync(found.By, ct)) is not { } maker)
        {
            return null;
        }

        var wanted = request.Headers[Header].ToString();
        return wanted.Length == 0 || wanted == account.Id
            ? new(account, maker, found.Id, found.May.Intersect(RolePermissions.Of(role)).ToHashSet(), found.Deployment, null)
            : throw Problems.NotFound();
    }

    /// <summary>One that he made before he was shut out stays shut out when he is let in again.</summary>
    private async Task<Role?> RoleAsync(ApiToken token, CancellationToken ct) =>
        token.By == token.Account ? Role.Owner
        : await members.FindAsync(token.Account, token.By, ct) is { } maker && maker.Since <= token.CreatedAt ? maker.Role
        : null;
}
