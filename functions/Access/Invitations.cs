using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Auth;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Access;

/// <param name="Role">admin, operator, viewer or billing.</param>
public sealed record NewInvitation([property: Required] string? Email, [property: Required] string? Role);

/// <param name="Link">Shown once, to whoever invites: it lets in the person of that address, and nobody else.</param>
public sealed record InvitationMade(InvitationView Invitation, string Link);

public sealed record TakenInvitation([property: Required] string? Token);

/// <summary>An account that somebody works in.</summary>
/// <param name="Id">What the header `Launchpad-Account` names to work in it.</param>
/// <param name="Email">Of its owner.</param>
/// <param name="Permissions">What he may do there.</param>
public sealed record WorkplaceView(string Id, string Email, [property: Wire(typeof(Role))] string Role, IReadOnlyList<string> Permissions)
{
    internal static IReadOnlyList<string> Names(Role role) => [.. RolePermissions.Of(role).Order().Select(permission => permission.Wire())];
}

public sealed record WorkplaceList(IReadOnlyList<WorkplaceView> Accounts);

/// <summary>How others are let into an account.</summary>
public sealed class Invitations(Callers callers, MemberStore members, AccountLog log, IOptions<SiteOptions> site)
{
    /// <summary>Invites a person. Whoever was invited before under the same address needs the new link.</summary>
    [Function("InviteMember")]
    [Needs(Permission.Manage)]
    [StepUp, Takes(typeof(NewInvitation)), Answers(201, typeof(InvitationMade))]
    public async Task<IActionResult> Invite(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "invitations")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        Caller.Of(request).RequireConfirmed();
        var body = await Bodies.ReadAsync<NewInvitation>(request, ct);
        var (email, role) = (Rules.Email(body.Email), RoleOf(body.Role));
        if ((await members.ListAsync(account.Id, ct)).Count + (await members.InvitationsAsync(account.Id, ct)).Count >= MemberStore.PerAccountMax)
        {
            throw Problems.Invalid("email", $"is of one too many: an account has at most {MemberStore.PerAccountMax} members and invitations.");
        }

        var (token, kept) = await members.InviteAsync(account.Id, email, role, Caller.Of(request).Person.Id, ct);
        // Before anybody has the word that lets in.
        await log.ActAsync(Caller.Of(request), "invite-member", new { invitation = kept.Id, after = new { role = role.Wire() } }, email, ct);
        return new ObjectResult(new InvitationMade(
            new(kept.Id, kept.Email, kept.Role.Wire(), kept.ExpiresAt), site.Value.Page($"invitation#{token}").AbsoluteUri))
        {
            StatusCode = StatusCodes.Status201Created,
        };
    }

    /// <summary>Takes an invitation back.</summary>
    [Function("WithdrawInvitation")]
    [Needs(Permission.Manage)]
    [Answers(204)]
    public async Task<IActionResult> Withdraw(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "invitations/{invitation}")] HttpRequest request, string invitation,
        CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var open = (await members.InvitationsAsync(account.Id, ct)).FirstOrDefault(one => one.Id == invitation) ?? throw Problems.NotFound();
        await log.ActAsync(Caller.Of(request), "withdraw-invitation", new { invitation, before = new { role = open.Role.Wire() } }, open.Email, ct);
        await members.WithdrawAsync(account.Id, invitation, ct);
        return new NoContentResult();
    }

    internal static Role RoleOf(string? typed) =>
        Enum.GetValues<Role>().Where(role => role is not Role.Owner).Select(role => (Role?)role).FirstOrDefault(role => role!.Wire() == typed)
        ?? throw Problems.Invalid("role", "is admin, operator, viewer or billing.");
}

/// <summary>The accounts that a person was let into.</summary>
public sealed class Workplaces(Callers callers, MemberStore members, AccountStore accounts, Recorder recorder)
{

    /// <summary>Takes an invitation up, signed in with the address that was invited.</summary>
    [Function("AcceptInvitation")]
    [Needs(Permission.Self)]
    [Takes(typeof(TakenInvitation)), Answers(200, typeof(WorkplaceView))]
    public async Task<IActionResult> Accept(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/invitations")] HttpRequest request, CancellationToken ct)
    {
        var person = await callers.RequireAsync(request, ct);
        // The link was shown to whoever invited, so that who has it has not shown yet that the mailbox is his.
        Caller.Of(request).RequireConfirmed();
        var token = (await Bodies.ReadAsync<TakenInvitation>(request, ct)).Token ?? "";
        var member = await members.AcceptAsync(token, person, ct)
            ?? throw Problems.Invalid("token", "lets nobody in: it was used or taken back, is over, or is for another address than the one that you signed in with.");
        // In the account's record it is his act, and in his own he finds where he was let in.
        await recorder.ActAsync(
            member.Account, person.Id, "accept-invitation", new { member = person.Id, after = new { role = member.Role.Wire() } }, person.Email, ct);
        await recorder.ActAsync(person.Id, person.Id, "join-account", new { account = member.Account }, ct);
        return new OkObjectResult(await ViewAsync(member, ct));
    }

    /// <summary>The accounts that you can work in, your own first.</summary>
    [Function("ListWorkplaces")]
    [Needs(Permission.Self)]
    [Answers(200, typeof(WorkplaceList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "auth/accounts")] HttpRequest request, CancellationToken ct)
    {
        var person = await callers.RequireAsync(request, ct);
        List<WorkplaceView> views = [new(person.Id, person.Email, Role.Owner.Wire(), WorkplaceView.Names(Role.Owner))];
        foreach (var account in await members.AccountsOfAsync(person.Id, ct))
        {
            // The way there may have outlived the membership.
            if (await members.FindAsync(account, person.Id, ct) is { } member)
            {
                views.Add(await ViewAsync(member, ct));
            }
        }

        return new OkObjectResult(new WorkplaceList(views));
    }

    private async Task<WorkplaceView> ViewAsync(Member member, CancellationToken ct) => new(
        member.Account, (await accounts.FindAsync(member.Account, ct))?.Email ?? "", member.Role.Wire(), WorkplaceView.Names(member.Role));
}
