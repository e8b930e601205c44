using System.ComponentModel.DataAnnotations;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Auth;

/// <param name="Token">What stood behind `#token=` in the link.</param>
public sealed record LinkToken(string? Token);

public sealed record NewAddress([property: Required] string? Email);

/// <summary>Whether an address is its owner's.</summary>
public sealed class Addresses(Callers callers, AuthLimits limits, AddressConfirmation confirmation)
{
    /// <summary>Sends a link to another address. Your account has it from when the link is followed: until then nothing changes. The answer is
    /// the same whether somebody has that address or not.</summary>
    [Function("ChangeAddress")]
    [Unrecorded("A letter alone; what the link does is recorded.")]
    [Needs(Permission.Self)]
    [StepUp]
    [Takes(typeof(NewAddress)), Answers(204)]
    public async Task<IActionResult> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/email")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var email = Rules.Email((await Bodies.ReadAsync<NewAddress>(request, ct)).Email);
        if (EmailAddress.Key(email) == EmailAddress.Key(account.Email))
        {
            throw Problems.Invalid("email", "is the address that your account has.");
        }

        limits.Letter(account.Id);
        await confirmation.SendMoveAsync(account, email, ct);
        return new NoContentResult();
    }

    /// <summary>Does what the link was sent for: confirms your address, makes another one yours, or gives back one that your account was moved
    /// away from. No session is needed: links are often opened elsewhere.</summary>
    [Function("VerifyAddress")]
    [Open, Takes(typeof(LinkToken)), Answers(200, typeof(AccountView))]
    public async Task<IActionResult> Verify(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/verify")] HttpRequest request, CancellationToken ct)
    {
        limits.Link(Callers.Address(request));
        var account = await confirmation.ConfirmAsync((await Bodies.ReadAsync<LinkToken>(request, ct)).Token, ct);
        return new OkObjectResult(AccountView.Of(account));
    }

    /// <summary>Sends the link once more. Nothing is sent to an address that is confirmed.</summary>
    [Function("ResendVerification")]
    [Unrecorded("A letter alone.")]
    [Needs(Permission.Self)]
    [Answers(204)]
    public async Task<IActionResult> Resend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/verify/resend")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        if (account.EmailVerifiedAt is null)
        {
            limits.Letter(account.Id);
            await confirmation.SendAgainAsync(account, ct);
        }

        return new NoContentResult();
    }
}

/// <summary>Links that confirm an address.</summary>
public sealed class AddressConfirmation(AccountLinks links, AccountSecurity security, AccountStore accounts, AccountLog log)
{
    /// <exception cref="ProblemException">When the link does not work any more.</exception>
    public async Task<Account> ConfirmAsync(string? token, CancellationToken ct)
    {
        var link = await FindAsync(token, ct);
        if (!await (link.Purpose is LinkPurpose.Verify ? security.ConfirmAddressAsync(link, ct) : MoveAsync(link, ct)))
        {
            throw Problems.LinkOver();
        }

        await log.ActAsync(link.Account, $"{Verb(link.Purpose)}-address", null, ct);
        return (await accounts.FindAsync(link.Account, ct))!;
    }

    public Task SendMoveAsync(Account account, string email, CancellationToken ct) => security.SendMoveAsync(account.Id, email, ct);

    public Task SendAgainAsync(Account account, CancellationToken ct) => security.SendConfirmationAsync(account.Id, ct);

    private static string Verb(LinkPurpose purpose) => purpose switch
    {
        LinkPurpose.Verify => "confirm",
        LinkPurpose.Move => "change",
        _ => "return",
    };

    private async Task<Link> FindAsync(string? token, CancellationToken ct)
    {
        foreach (var purpose in (LinkPurpose[])[LinkPurpose.Verify, LinkPurpose.Move, LinkPurpose.Return])
        {
            if (await links.FindAsync(token, purpose, ct) is { } found)
            {
                return found;
            }
        }

        throw Problems.LinkOver();
    }

    /// <summary>The address first: where the rest of it fails, the same link is good once more, and until then the address leads nowhere.</summary>
    private async Task<bool> MoveAsync(Link link, CancellationToken ct)
    {
        var before = await accounts.FindAsync(link.Account, ct) ?? throw Problems.LinkOver();
        return await accounts.ClaimAsync(link.Account, link.Email!, ct) ? await security.MoveAsync(link, before, ct) : throw Problems.EmailTaken();
    }
}
