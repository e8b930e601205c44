using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Auth;

/// <param name="UndoUntil">Until when its deletion can be taken back; null where it is not being deleted, or cannot be taken back.</param>
public sealed record ClosingBot(string Id, string Name, [property: Wire(typeof(DeploymentStatus))] string Status, DateTimeOffset? UndoUntil);

/// <param name="Asked">Whether the owner has asked for it.</param>
/// <param name="ClosesAt">When the account is closed; where nobody has asked, when it would be if that were done now.</param>
/// <param name="Bots">That there are still. They are deleted, and their subscriptions end, as soon as it is asked for.</param>
/// <param name="Members">How many others lose their way in.</param>
/// <param name="Tokens">How many stop working.</param>
/// <param name="Webhooks">How many are called no more.</param>
/// <param name="Kept">What stays, why, and until when; null for good.</param>
public sealed record ClosingView(
    bool Asked, DateTimeOffset ClosesAt, IReadOnlyList<ClosingBot> Bots, int Members, int Tokens, int Webhooks, IReadOnlyList<Kept> Kept);

/// <summary>The end of an account: what it would take along, asking for it, and taking it back.</summary>
public sealed class AccountClosings(Callers callers, ClosingAccounts closing, ClosingViews views, AccountLog log)
{
    /// <summary>What goes when your account is closed, and what is kept and why.</summary>
    [Function("GetClosing")]
    [Needs(Permission.Self)]
    [Answers(200, typeof(ClosingView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "auth/closing")] HttpRequest request, CancellationToken ct) =>
        new OkObjectResult(await views.OfAsync(await callers.RequireAsync(request, ct), ct));

    /// <summary>Closes your account. Its bots are deleted and their subscriptions end now; the account itself goes after two weeks, until when
    /// you can sign in and keep it. Then nobody gets in, the address is free, and what is left of it is what GET …/closing lists.</summary>
    [Function("CloseAccount")]
    [Needs(Permission.Self)]
    [StepUp, Answers(202, typeof(ClosingView))]
    public async Task<IActionResult> Close(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/closing")] HttpRequest request, [DurableClient] DurableTaskClient client,
        CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var asked = await closing.AskAsync(client, account.Id, ct);
        await log.ActAsync(account.Id, "close-account", new { asked.ClosesAt }, ct);
        return new AcceptedResult("/api/auth/closing", await views.OfAsync(asked, ct));
    }

    /// <summary>Keeps your account after all. Bots whose deletion can still be taken back are not brought back by this: each has its own
    /// POST …/undelete.</summary>
    [Function("KeepAccount")]
    [Needs(Permission.Self)]
    [Answers(200, typeof(ClosingView))]
    public async Task<IActionResult> Keep(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "auth/closing")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        await closing.TakeBackAsync(account.Id, ct);
        await log.ActAsync(account.Id, "keep-account", null, ct);
        return new OkObjectResult(await views.OfAsync(account with { ClosesAt = null }, ct));
    }
}

/// <summary>Asks for the end of an account, and takes that back.</summary>
public sealed class ClosingAccounts(AccountEnds ends, ClosingBots bots)
{
    /// <exception cref="ProblemException">When it is closed already: nobody can be signed in to it.</exception>
    public async Task<Account> AskAsync(DurableTaskClient client, string account, CancellationToken ct)
    {
        var asked = await ends.AskAsync(account, ct) ?? throw Problems.SignInNeeded();
        await bots.BeginAsync(client, account, ct);
        await ends.BotsDoneAsync(account, ct);
        return asked;
    }

    /// <inheritdoc cref="AskAsync"/>
    public async Task TakeBackAsync(string account, CancellationToken ct)
    {
        if (!await ends.TakeBackAsync(account, ct))
        {
            throw Problems.SignInNeeded();
        }
    }
}

/// <summary>What the end of an account takes along.</summary>
public sealed class ClosingViews(AccountEnds ends, DeploymentViews deployments, MemberStore members, OwnPrograms programs)
{
    public async Task<ClosingView> OfAsync(Account account, CancellationToken ct)
    {
        var (tokens, webhooks) = await programs.CountAsync(account.Id, ct);
        return new(
            account.ClosesAt is not null, account.ClosesAt ?? ends.Soonest, await BotsAsync(account.Id, ct),
            (await members.ListAsync(account.Id, ct)).Count, tokens, webhooks, AccountRemains.Kept);
    }

    private async Task<IReadOnlyList<ClosingBot>> BotsAsync(string account, CancellationToken ct)
    {
        var bots = new List<ClosingBot>();
        string? cursor = null;
        do
        {
            var page = await deployments.ListAsync(account, cursor, isLiving: true, ct);
            bots.AddRange(page.Deployments.Select(one => new ClosingBot(one.Id, one.Name, one.Status, one.UndoUntil)));
            cursor = page.Cursor;
        }
        while (cursor is not null);
        return bots;
    }
}

/// <summary>Programs of a customer that know an account.</summary>
public sealed class OwnPrograms(ApiTokenStore tokens, WebhookEndpoints webhooks)
{
    public async Task<(int Tokens, int Webhooks)> CountAsync(string account, CancellationToken ct) =>
        ((await tokens.ListAsync(account, ct)).Count, (await webhooks.ListAsync(account, ct)).Count);
}

/// <summary>Tells who works in an account that it goes.</summary>
public sealed class ClosingMembers(AccountStore accounts, MemberStore members, Outbox outbox)
{
    /// <summary>Each once, however often. Nobody where its owner took it back meanwhile.</summary>
    public async Task TellAsync(string account, CancellationToken ct)
    {
        if (await accounts.FindAsync(account, ct) is not { ClosesAt: { } at })
        {
            return;
        }

        var values = new Dictionary<string, string> { [CustomerLetters.Workplace] = account, ["closesAt"] = $"{at:O}" };
        foreach (var member in await members.ListAsync(account, ct))
        {
            await outbox.SendAsync(member.Person, LetterKinds.WorkplaceClosing, $"{LetterKinds.WorkplaceClosing}-{account}-{at.UtcTicks}", values, ct);
        }
    }
}

/// <summary>Deletes all bots of an account.</summary>
public sealed class ClosingBots(DeploymentStore deployments, OperationStarter starter, ClosingMembers members)
{
    /// <summary>As soon as its owner has asked: each may be taken back for a while, and who works with them hears of it.</summary>
    public async Task BeginAsync(DurableTaskClient client, string account, CancellationToken ct)
    {
        await DeleteAsync(client, account, account, typed: null, ct);
        await members.TellAsync(account, ct);
    }

    /// <param name="client">Of the engine.</param>
    /// <param name="account">Whose.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="typed">As of any deletion: null where it may be taken back for a while.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>How many are not gone yet, or still held by what deletes them.</returns>
    public async Task<int> DeleteAsync(DurableTaskClient client, string account, string by, string? typed, CancellationToken ct)
    {
        var left = 0;
        string? cursor = null;
        do
        {
            (var page, cursor) = await deployments.ListAsync(account, cursor, ct);
            foreach (var one in page.Where(one => one.Status is not DeploymentStatus.Terminated || one.Operation is not null))
            {
                left++;
                await DeleteAsync(client, one, by, typed, ct);
            }
        }
        while (cursor is not null);
        return left;
    }

    private async Task DeleteAsync(DurableTaskClient client, Deployment one, string by, string? typed, CancellationToken ct)
    {
        try
        {
            if (one.Status is not DeploymentStatus.Terminated)
            {
                await starter.BeginAsync(client, one, OperationKind.Terminate, new Unbound(by), typed, ct);
            }
        }
        catch (ProblemException)
        {
            // It is gone by now, or somebody was faster with something: it is looked at again before the account goes.
        }
    }
}
