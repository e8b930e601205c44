using Launchpad.Shared.Billing;

namespace Launchpad.Shared.Sla;

/// <summary>What the time of a bot came to, in seconds: each counts once.</summary>
public sealed record Uptime(long Up, long Planned, long Unplanned, long Off)
{
    /// <summary>How long it was kept.</summary>
    public long Held => Up + Planned + Unplanned + Off;

    /// <summary>How much of the time it was up in which it should have been. Null where it never should. What was planned counts for nothing,
    /// neither for nor against.</summary>
    public decimal? Percent => Up + Unplanned == 0 ? null : 100m * Up / (Up + Unplanned);

    /// <summary>Down to three places: what was not kept never looks as if it were.</summary>
    public double? RoundedPercent => Percent is { } percent ? (double)(Math.Floor(percent * 1000) / 1000) : null;

    public static Uptime Of(IReadOnlyList<Stretch> stretches, Span span)
    {
        return new(Seconds(StretchKind.Up), Seconds(StretchKind.Planned), Seconds(StretchKind.Unplanned), Seconds(StretchKind.Off));

        long Seconds(StretchKind kind) =>
            (long)Statement.Total(stretches.Where(one => one.Kind == kind).Select(one => one.Span), span).TotalSeconds;
    }
}
