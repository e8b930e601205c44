using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Sla;

namespace Launchpad.Shared.Tests.Sla;

/// <summary>A record, told by the minute since the first of March.</summary>
internal sealed class Story
{
    public static readonly DateTimeOffset First = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<RecordRow> rows = [];

    public IReadOnlyList<RecordRow> Rows => rows;

    public static DateTimeOffset Minute(double minutes) => First.AddMinutes(minutes);

    public Story Status(double minute, string to, string? operation = null) => Row(minute, new(RecordKinds.Status, "launchpad", new { from = "x", to, operation }));

    public Story Asks(double minute, string operation, string kind, string by = "acc_1") =>
        Row(minute, Recorder.Action(by, kind, new { operation }));

    public Story Step(double minute, string operation, Step step, StepStatus outcome) =>
        Row(minute, new(RecordKinds.Step, "launchpad", new { operation, step = step.Name, outcome = outcome.Wire() }));

    public Story Ended(double minute, string operation, string kind, string by = "acc_1", string outcome = "succeeded") =>
        Row(minute, Recorder.Action("launchpad", OperationEntries.EndedAction, new { operation, kind, by, outcome }));

    /// <param name="written">When the row was, where that was later.</param>
    public Story Down(double since, double? written = null, string verdict = "down") =>
        Row(written ?? since, Recorder.Action("launchpad", OutageLog.Began, new { since = Minute(since), verdict }, "heartbeat: ended"));

    public Story Up(double since, double at, double? written = null) =>
        Row(written ?? at, Recorder.Action("launchpad", OutageLog.Over, new { since = Minute(since), at = Minute(at) }));

    public Story Unpaid(double minute) => Row(minute, Recorder.Action("payment", "dunning", new { step = "suspended" }));

    /// <summary>In whole minutes: up, planned, unplanned, off.</summary>
    public (long Up, long Planned, long Unplanned, long Off) Minutes(double until) => Minutes(until, Month.Of(First));

    public (long Up, long Planned, long Unplanned, long Off) Minutes(double until, Month month)
    {
        var uptime = Uptime.Of(Ledger.Of(rows, Minute(until)), month.Span);
        return (uptime.Up / 60, uptime.Planned / 60, uptime.Unplanned / 60, uptime.Off / 60);
    }

    private Story Row(double minute, RecordEntry entry)
    {
        rows.Add(RecordRow.After(rows is [.., var last] ? last.AsHead : RecordHead.Before("dep_1"), Minute(minute), entry));
        return this;
    }
}
