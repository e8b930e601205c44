using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Auth;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Access;

/// <param name="Id">The account that the person signs in to.</param>
/// <param name="Permissions">What comes with the role.</param>
public sealed record MemberView(
    string Id, string Email, [property: Wire(typeof(Role))] string Role, IReadOnlyList<string> Permissions, DateTimeOffset Since)
{
    internal static MemberView Of(Member member) => new(
        member.Person, member.Email, member.Role.Wire(), WorkplaceView.Names(member.Role), member.Since);
}

public sealed record InvitationView(string Id, string Email, [property: Wire(typeof(Role))] string Role, DateTimeOffset ExpiresAt);

public sealed record MemberList(IReadOnlyList<MemberView> Members, IReadOnlyList<InvitationView> Invitations);

public sealed record MemberRole([property: Required] string? Role);

/// <summary>Who works in an account, and as what.</summary>
public sealed class Members(Callers callers, MemberStore members, AccountLog log)
{
    /// <summary>The owner first, then who was let in, then who was invited and has not come yet.</summary>
    [Function("ListMembers")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(MemberList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "members")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var owner = new MemberView(account.Id, account.Email, Role.Owner.Wire(), WorkplaceView.Names(Role.Owner), account.CreatedAt);
        var invited = await members.InvitationsAsync(account.Id, ct);
        return new OkObjectResult(new MemberList(
            [owner, .. (await members.ListAsync(account.Id, ct)).Select(MemberView.Of)],
            [.. invited.Select(one => new InvitationView(one.Id, one.Email, one.Role.Wire(), one.ExpiresAt))]));
    }

    /// <summary>Gives a member another role, which counts from the next request on.</summary>
    [Function("ChangeMember")]
    [Needs(Permission.Manage)]
    [StepUp, Takes(typeof(MemberRole)), Answers(200, typeof(MemberView))]
    public async Task<IActionResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "members/{member}")] HttpRequest request, string member, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var role = Invitations.RoleOf((await Bodies.ReadAsync<MemberRole>(request, ct)).Role);
        var before = await FindAsync(account.Id, member, ct);
        await log.ActAsync(Caller.Of(request), "change-member", new { member, before = Said(before.Role), after = Said(role) }, before.Email, ct);
        return new OkObjectResult(MemberView.Of(await members.ChangeAsync(account.Id, member, role, ct) ?? throw Problems.NotFound()));
    }

    /// <summary>Shuts a member out, with the tokens that he made. Members may leave by themselves.</summary>
    [Function("RemoveMember")]
    [Needs(Permission.Read)]
    [StepUp, Answers(204)]
    public async Task<IActionResult> Remove(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "members/{member}")] HttpRequest request, string member, CancellationToken ct)
    {
        var (account, caller) = (await callers.RequireAsync(request, ct), Caller.Of(request));
        if (member != caller.Person.Id || caller.Session is null)
        {
            caller.Require(Permission.Manage);
        }

        var before = await FindAsync(account.Id, member, ct);
        await log.ActAsync(caller, "remove-member", new { member, before = Said(before.Role) }, before.Email, ct);
        await members.RemoveAsync(account.Id, member, ct);
        return new NoContentResult();
    }

    private async Task<Member> FindAsync(string account, string member, CancellationToken ct) =>
        Ids.IsValid(member, Ids.Account) && await members.FindAsync(account, member, ct) is { } found ? found : throw Problems.NotFound();

    /// <summary>As the record has it.</summary>
    private static object Said(Role role) => new { role = role.Wire() };
}
