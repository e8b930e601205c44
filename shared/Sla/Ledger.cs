using System.Globalization;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Sla;

public enum StretchKind
{
    Up,

    /// <summary>Away for what somebody asked for, or what his policy did.</summary>
    Planned,

    /// <summary>Away by itself.</summary>
    Unplanned,

    /// <summary>Stopped on purpose.</summary>
    Off,
}

/// <summary>Why a bot was away.</summary>
/// <param name="Why">The kind of an operation; or `down`, `vm-lost` or `failed`.</param>
/// <param name="Said">What its observers said, in words; null where none did, and where it was erased.</param>
public sealed record Cause(string Why, string? Operation = null, string? Said = null);

/// <summary>A part of a bot's time in which it was one thing.</summary>
/// <param name="Cause">Null while it was up or stopped.</param>
public sealed record Stretch(Span Span, StretchKind Kind, Cause? Cause);

/// <summary>What a bot was in all the time that it was kept. Pure: of its record, which nobody can change. Times are whole seconds, so that
/// the parts of any time add up to it.</summary>
public static class Ledger
{
    /// <param name="rows">Of its record, in any order and each as often as it likes.</param>
    /// <param name="now">Until then what goes on has gone on.</param>
    /// <returns>Oldest first, none beside another one of the same kind and cause. Between two there may be a time in which it was not
    /// kept.</returns>
    public static IReadOnlyList<Stretch> Of(IEnumerable<RecordRow> rows, DateTimeOffset now)
    {
        var (ordered, end) = (InOrder(rows), Whole(now));
        var held = Statement.Held(ordered, end);
        var (stretches, standing, from) = (new List<Stretch>(), new Standing(), DateTimeOffset.MinValue);
        foreach (var happening in Happenings.Of(ordered))
        {
            Add(stretches, held, new(from, happening.At), standing);
            (standing, from) = (happening.Change(standing), happening.At);
        }

        Add(stretches, held, new(from, end), standing);
        return stretches;
    }

    /// <summary>The number of a row tells what came first, since the clocks that tell the times are not all the same.</summary>
    private static List<RecordRow> InOrder(IEnumerable<RecordRow> rows)
    {
        var (ordered, latest) = (new List<RecordRow>(), DateTimeOffset.MinValue);
        foreach (var row in rows.DistinctBy(row => row.Sequence).OrderBy(row => row.Sequence))
        {
            var at = Whole(DateTimeOffset.Parse(row.At, CultureInfo.InvariantCulture));
            latest = at > latest ? at : latest;
            ordered.Add(row with { At = latest.ToString("O", CultureInfo.InvariantCulture) });
        }

        return ordered;
    }

    internal static DateTimeOffset Whole(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static void Add(List<Stretch> stretches, IReadOnlyList<Span> held, Span span, Standing standing)
    {
        var (kind, cause) = standing.Told;
        foreach (var part in held.Select(span.Within).Where(part => part.Length > TimeSpan.Zero))
        {
            if (stretches is [.., var last] && last.Span.To == part.From && last.Kind == kind && AreOne(kind, last.Cause, cause))
            {
                stretches[^1] = last with
                {
                    Span = last.Span with { To = part.To },
                    Cause = last.Cause is { Said: null } ? last.Cause with { Said = cause?.Said } : last.Cause,
                };
            }
            else
            {
                stretches.Add(new(part, kind, cause));
            }
        }
    }

    /// <summary>What is tried for a bot that is down is part of its being down.</summary>
    private static bool AreOne(StretchKind kind, Cause? one, Cause? other) =>
        kind is not StretchKind.Planned || one?.Operation == other?.Operation;
}
