using System.Text.Json;
using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;
using Launchpad.Shared.Sla;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Below">Percent of the time.</param>
/// <param name="CreditPercent">Of what was paid for the month.</param>
public sealed record CreditStepView(double Below, int CreditPercent);

/// <param name="Percent">How much of its time in a month the bot is up.</param>
/// <param name="Credits">What is given back where it was less, the least first.</param>
public sealed record PromiseView(double Percent, IEnumerable<CreditStepView> Credits);

/// <summary>Seconds: each counts once, so the four parts add up to what the bot was kept.</summary>
/// <param name="PlannedSeconds">Away for what you, your update policy or the operator asked for: it does not count against the promise.</param>
/// <param name="UnplannedSeconds">Away by itself, as its observers agreed.</param>
/// <param name="OffSeconds">Stopped on purpose.</param>
public sealed record UptimeParts(long HeldSeconds, long UpSeconds, long PlannedSeconds, long UnplannedSeconds, long OffSeconds)
{
    public static UptimeParts Of(Uptime uptime) => new(uptime.Held, uptime.Up, uptime.Planned, uptime.Unplanned, uptime.Off);
}

/// <param name="Date">In UTC.</param>
public sealed record UptimeDay(string Date, UptimeParts Parts);

/// <param name="To">Null while it goes on.</param>
/// <param name="Kind">planned or unplanned.</param>
/// <param name="Why">The kind of an operation; or down, vm-lost or failed.</param>
/// <param name="Said">What each observer said when it was found; null where none was asked.</param>
public sealed record UptimeIncident(
    DateTimeOffset From, DateTimeOffset? To, [property: Wire(typeof(StretchKind))] string Kind, string Why, string? Operation, string? Said);

/// <param name="Amount">In the smallest unit of the currency. It is taken off your next bill.</param>
/// <param name="Percent">Of what was paid for the month.</param>
public sealed record UptimeCredit(long Amount, string Currency, int Percent, string CreditNote);

/// <param name="To">The end of the month, or now.</param>
/// <param name="UptimePercent">Of the time in which it should have been up, rounded down; null where there was none.</param>
/// <param name="Kept">Whether it was what was promised, by now.</param>
/// <param name="Days">Of the month, the first one first.</param>
/// <param name="Incidents">When it was away, newest first, at most 200.</param>
/// <param name="Credit">What was given back for the month; null for nothing, or not yet.</param>
public sealed record UptimeView(
    string Month, DateTimeOffset From, DateTimeOffset To, PromiseView Promise, double? UptimePercent, bool Kept, UptimeParts Parts,
    IEnumerable<UptimeDay> Days, IEnumerable<UptimeIncident> Incidents, UptimeCredit? Credit);

/// <summary>What a bot was promised, and what it had.</summary>
public sealed class Sla(Ownership ownership, RecordStore records)
{
    private const int IncidentsMax = 200;

    /// <summary>How much of a month, `2026-01` or this one, the bot was up: as its observers agreed, from its record.</summary>
    [Function("GetUptime")]
    [Needs(Permission.Read)]
    [Query("month")]
    [Answers(200, typeof(UptimeView))]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/sla")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var now = records.Now;
        var month = request.Query["month"].FirstOrDefault() is not { } typed ? Month.Of(now)
            : Month.TryParse(typed, out var asked) ? asked
            : throw Problems.Invalid("month", "is a month like 2026-01.");
        var rows = await records.AllAsync(deployment.Id, ct);
        return new OkObjectResult(View(month, now, UptimePromise.Of(deployment.Plan), Ledger.Of(rows, now)) with { Credit = Credit(rows, month) });
    }

    private static UptimeView View(Month month, DateTimeOffset now, UptimePromise promise, IReadOnlyList<Stretch> stretches)
    {
        var uptime = Uptime.Of(stretches, month.Span);
        return new(
            month.ToString(), month.From, now < month.To ? now : month.To,
            new((double)promise.Percent, promise.Steps.Select(step => new CreditStepView((double)step.Below, step.CreditPercent))),
            uptime.RoundedPercent,
            !(uptime.Percent < promise.Percent), UptimeParts.Of(uptime), Days(month, stretches), Incidents(month, now, stretches), null);
    }

    private static IEnumerable<UptimeDay> Days(Month month, IReadOnlyList<Stretch> stretches)
    {
        for (var day = month.From; day < month.To; day = day.AddDays(1))
        {
            yield return new(ChangedChain.DayOf(day), UptimeParts.Of(Uptime.Of(stretches, new(day, day.AddDays(1)))));
        }
    }

    private static IEnumerable<UptimeIncident> Incidents(Month month, DateTimeOffset now, IReadOnlyList<Stretch> stretches) => stretches
        .Where(one => one.Cause is not null && one.Span.Within(month.Span).Length > TimeSpan.Zero)
        .Reverse().Take(IncidentsMax)
        .Select(one => new UptimeIncident(
            one.Span.From, one == stretches[^1] && now - one.Span.To < TimeSpan.FromSeconds(1) ? null : one.Span.To, one.Kind.Wire(),
            one.Cause!.Why, one.Cause.Operation, one.Cause.Said));

    private static UptimeCredit? Credit(IReadOnlyList<RecordRow> rows, Month month) => rows
        .Where(row => row.Kind == RecordKinds.Action)
        .Select(row => JsonElement.Parse(row.Data))
        .Where(data => data.TryGetProperty("action", out var action) && action.GetString() == CreditNotices.Action
            && data.GetProperty("month").GetString() == month.ToString())
        .Select(data => new UptimeCredit(
            data.GetProperty("amount").GetInt64(), data.GetProperty("currency").GetString()!, data.GetProperty("percent").GetInt32(),
            data.GetProperty("creditNote").GetString()!))
        .FirstOrDefault();
}
