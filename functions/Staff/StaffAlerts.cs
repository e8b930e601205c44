using System.Reflection;
using Launchpad.Shared;
using Launchpad.Shared.Health;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Staff;

/// <param name="Deployment">The bot that it is about; null where it is about none.</param>
/// <param name="Vm">The machine that it is about; null where it is about none.</param>
/// <param name="Runbook">The name of the page that says what to do.</param>
/// <param name="AcknowledgedBy">Who has taken it on; null for nobody yet.</param>
/// <param name="SilencedUntil">Until when nobody is told of it again; null where one is.</param>
public sealed record StaffAlertView(
    string Id, [property: Wire(typeof(PageKind))] string Kind, string Subject, string? Deployment, string? Vm, string Reason,
    DateTimeOffset Since, string Runbook, DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy, DateTimeOffset? SilencedUntil);

/// <param name="Text">Markdown.</param>
public sealed record RunbookView(string Name, string Text);

/// <param name="Runbooks">Those that the alerts name, each once.</param>
/// <param name="Cursor">Leads to the next page; null when this was the last.</param>
public sealed record StaffAlertsView(IReadOnlyList<StaffAlertView> Alerts, IReadOnlyList<RunbookView> Runbooks, string? Cursor);

/// <param name="Until">When it is told again, thirty days from now at most; null to have it told from now on.</param>
public sealed record SilenceAlert(DateTimeOffset? Until);

/// <summary>What waits for a person, and that one has it in hand.</summary>
public sealed class StaffAlerts(StaffCallers callers, Pager pager, PageSilences silences, StaffAlertActs acts)
{
    private const int PageMax = 100;

    /// <summary>The open alerts, with what to do about them.</summary>
    [Function("StaffListAlerts")]
    [Query("cursor")]
    [OperatorsOnly, Answers(200, typeof(StaffAlertsView))]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "staff/alerts")] HttpRequest request, CancellationToken ct)
    {
        await callers.RequireAsync(request, ct);
        var cursor = request.Query["cursor"].FirstOrDefault() ?? "";
        if (cursor.Length > 200 || cursor.Any(char.IsControl))
        {
            throw Problems.Invalid("cursor", "is what the page before answered.");
        }

        var (pages, silent) = (await pager.OpenAsync(cursor, PageMax, ct), await silences.AllAsync(ct));
        return new OkObjectResult(new StaffAlertsView(
            [.. pages.Select(page => View(page, silent))],
            [.. pages.Select(page => page.Kind).Distinct().Select(Runbooks.Of).OfType<RunbookView>()],
            pages.Count == PageMax ? Pager.KeyOf(pages[^1].Id) : null));
    }

    /// <summary>Says that somebody has taken it on.</summary>
    [Function("StaffAcknowledgeAlert")]
    [OperatorsOnly, Answers(200, typeof(StaffAlertView))]
    public async Task<IActionResult> Acknowledge(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/alerts/{id}/acknowledge")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        return new OkObjectResult(View(await acts.AcknowledgeAsync(who, id, ct), await silences.AllAsync(ct)));
    }

    /// <summary>Nobody is told of it for a while. When it is over and comes again, nobody is told of that either.</summary>
    [Function("StaffSilenceAlert")]
    [OperatorsOnly, Takes(typeof(SilenceAlert)), Answers(200, typeof(StaffAlertView))]
    public async Task<IActionResult> Silence(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "staff/alerts/{id}/silence")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var who = await callers.RequireAsync(request, ct);
        var page = await acts.SilenceAsync(who, id, async () => (await Bodies.ReadAsync<SilenceAlert>(request, ct)).Until, ct);
        return new OkObjectResult(View(page, await silences.AllAsync(ct)));
    }

    private static StaffAlertView View(Page page, IReadOnlyDictionary<string, DateTimeOffset> silent) => new(
        page.Id, page.Kind.Wire(), page.Subject, Ids.IsValid(page.Subject, Ids.Deployment) ? page.Subject : null,
        Ids.IsValid(page.Subject, Ids.Vm) ? page.Subject : null, page.Reason, page.RaisedAt, Runbooks.NameOf(page.Kind),
        page.AcknowledgedAt, page.AcknowledgedBy, silent.TryGetValue(Pager.KeyOf(page.Id)!, out var until) ? until : null);
}

/// <summary>What operators do with alerts.</summary>
public sealed class StaffAlertActs(Pager pager, PageSilences silences, StaffLog log, TimeProvider clock)
{
    private static readonly TimeSpan SilenceMax = TimeSpan.FromDays(30);

    public async Task<Page> AcknowledgeAsync(Shared.Staff.Operator who, string id, CancellationToken ct)
    {
        var page = await pager.AcknowledgeAsync(id, who.Actor, ct) ?? throw Problems.NoneOfThatId();
        await log.ActAsync(who, "acknowledge", new { alert = id }, ct);
        return page;
    }

    public async Task<Page> SilenceAsync(Shared.Staff.Operator who, string id, Func<Task<DateTimeOffset?>> ask, CancellationToken ct)
    {
        var page = await pager.FindOpenAsync(id, ct) ?? throw Problems.NoneOfThatId();
        var (until, now) = (await ask(), clock.GetUtcNow());
        if (until <= now || until > now + SilenceMax)
        {
            throw Problems.Invalid("until", $"is a time within the next {SilenceMax.TotalDays:0} days, or null.");
        }

        await silences.SetAsync(Pager.KeyOf(id)!, until, who.Actor, ct);
        await log.ActAsync(who, "silence", new { alert = id, until }, ct);
        return page;
    }
}

/// <summary>docs/runbooks, which comes with the app.</summary>
internal static class Runbooks
{
    public static string NameOf(PageKind kind) => $"{kind.Wire()}.md";

    /// <summary>Null where nobody has written one.</summary>
    public static RunbookView? Of(PageKind kind)
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream($"runbooks/{NameOf(kind)}");
        if (file is null)
        {
            return null;
        }

        using var text = new StreamReader(file);
        return new(NameOf(kind), text.ReadToEnd());
    }
}
