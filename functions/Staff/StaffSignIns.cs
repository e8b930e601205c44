using Launchpad.Shared.Staff;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="Browser">What it was opened from, in a few words.</param>
/// <param name="Current">True for the one that asks.</param>
public sealed record StaffSessionView(string Id, string Browser, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, bool Current);

public sealed record StaffSessionList(IEnumerable<StaffSessionView> Sessions);

/// <summary>Where an operator is signed in.</summary>
public sealed class StaffSignIns(StaffCallers callers, StaffSessions sessions, StaffLog log)
{
    /// <summary>Your sessions that are open, newest first.</summary>
    [Function("StaffListSessions")]
    [OperatorsOnly(From = StaffStage.SetPassword), Answers(200, typeof(StaffSessionList))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/auth/sessions")] HttpRequest request, CancellationToken ct)
    {
        var all = await sessions.ListAsync(await callers.SessionAsync(request, ct), ct);
        var current = callers.CurrentId(request);
        return new OkObjectResult(new StaffSessionList(
            all.Select(one => new StaffSessionView(one.Id, one.Browser, one.CreatedAt, one.ExpiresAt, one.Id == current))));
    }

    /// <summary>Signs out everywhere but here.</summary>
    [Function("StaffCloseOtherSessions")]
    [OperatorsOnly(From = StaffStage.SetPassword), Answers(204)]
    public async Task<IActionResult> CloseOthers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "staff/auth/sessions")] HttpRequest request, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        await callers.CloseOthersAsync(request, who, ct);
        await log.ActAsync(who, "sign-out-elsewhere", null, ct);
        return new NoContentResult();
    }

    /// <summary>Signs out there, at once.</summary>
    [Function("StaffCloseSession")]
    [OperatorsOnly(From = StaffStage.SetPassword), Answers(204)]
    public async Task<IActionResult> Close(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "staff/auth/sessions/{id}")] HttpRequest request, string id, CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        if (!await sessions.CloseByIdAsync(who, id, ct))
        {
            throw Problems.NotFound();
        }

        await log.ActAsync(who, "sign-out", new { session = id }, ct);
        return new NoContentResult();
    }
}
