using System.Globalization;
using System.Text.Json;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Billing;

/// <summary>A part of time, its end excluded.</summary>
public readonly record struct Span(DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Length => To > From ? To - From : TimeSpan.Zero;

    public Span Within(Span other) => new(From > other.From ? From : other.From, To < other.To ? To : other.To);
}

/// <summary>What a bot was kept for and what was paid for it, of a month. Pure: of the record, which nobody can change, and of the bills.
/// </summary>
public static class Statement
{
    /// <summary>So much may lie between a payment and the bot that it begins.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <summary>When the bot had its place: from its first run until it was deleted, but for the time that it was stopped because it was not
    /// paid for. What its owner stops stays his.</summary>
    /// <param name="rows">Of its record, oldest first.</param>
    /// <param name="now">Until then it has it still.</param>
    public static IReadOnlyList<Span> Held(IEnumerable<RecordRow> rows, DateTimeOffset now)
    {
        var spans = new List<Span>();
        DateTimeOffset? since = null;
        foreach (var row in rows)
        {
            var at = DateTimeOffset.Parse(row.At, CultureInfo.InvariantCulture);
            switch (What(row))
            {
                case "running":
                    since ??= at;
                    break;
                case "ended" when since is { } from:
                    spans.Add(new(from, at));
                    since = null;
                    break;
            }
        }

        return since is { } open ? [.. spans, new(open, now)] : spans;
    }

    /// <summary>The time of some of them, each moment once.</summary>
    public static TimeSpan Total(IEnumerable<Span> spans, Span month)
    {
        var (total, until) = (TimeSpan.Zero, month.From);
        foreach (var span in spans.Select(span => span.Within(month)).OrderBy(span => span.From))
        {
            var rest = span.Within(new(until, month.To));
            total += rest.Length;
            until = rest.To > until ? rest.To : until;
        }

        return total;
    }

    public static bool Agree(TimeSpan held, TimeSpan paid) => (held - paid).Duration() <= Slack;

    private static string? What(RecordRow row)
    {
        if (row.Kind is not (RecordKinds.Status or RecordKinds.Action))
        {
            return null;
        }

        var data = JsonElement.Parse(row.Data);
        var word = data.TryGetProperty(row.Kind is RecordKinds.Status ? "to" : "step", out var said) ? said.GetString() : null;
        return row.Kind is RecordKinds.Status
            ? word == DeploymentStatus.Running.Wire() ? "running" : word == DeploymentStatus.Terminated.Wire() ? "ended" : null
            : data.TryGetProperty("action", out var action) && action.GetString() == Notices.Action
                && word == LadderStepKind.Suspended.Wire() ? "ended" : null;
    }
}
