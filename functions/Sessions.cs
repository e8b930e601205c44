using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Browser">What it was opened from, in a few words; of an assistant the name that its owner gave it.</param>
/// <param name="Kind">browser, or assistant for what may only read and ask.</param>
/// <param name="LastUsedAt">To the hour.</param>
/// <param name="Current">True for the one that asks.</param>
public sealed record SessionView(
    string Id, string Browser, string Kind, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset LastUsedAt, bool Current);

public sealed record SessionList(IEnumerable<SessionView> Sessions);

/// <summary>Where an account is signed in.</summary>
public sealed class Sessions(Callers callers, SessionStore sessions, AccountLog log)
{
    /// <summary>The sessions that are open, newest first.</summary>
    [Function("ListSessions")]
    [Needs(Permission.Self)]
    [Answers(200, typeof(SessionList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "auth/sessions")] HttpRequest request, CancellationToken ct)
    {
        var (account, current) = await callers.RequireSessionAsync(request, ct);
        return new OkObjectResult(new SessionList((await sessions.ListAsync(account.Id, account.SignedOutAt, ct))
            .Where(session => session.Scope is null or Scopes.Assistant)
            .Select(session => new SessionView(
                session.Id, session.Name, session.Scope ?? "browser", session.CreatedAt, session.ExpiresAt, session.LastUsedAt, session.Id == current))));
    }

    /// <summary>Signs out everywhere but here. Assistants go too.</summary>
    [Function("CloseOtherSessions")]
    [Needs(Permission.Self)]
    [Answers(204)]
    public async Task<IActionResult> CloseOthers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "auth/sessions")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        await callers.CloseOthersAsync(request, account, ct);
        await log.ActAsync(account.Id, "sign-out-elsewhere", null, ct);
        return new NoContentResult();
    }

    /// <summary>Signs out there, at once.</summary>
    [Function("CloseSession")]
    [Needs(Permission.Self)]
    [Answers(204)]
    public async Task<IActionResult> Close(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "auth/sessions/{id}")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var (account, _) = await callers.RequireSessionAsync(request, ct);
        if (!await sessions.CloseAsync(account.Id, id, ct))
        {
            throw Problems.NotFound();
        }

        await log.ActAsync(account.Id, "sign-out", new { session = id }, ct);
        return new NoContentResult();
    }
}
