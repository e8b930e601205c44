using System.Diagnostics;

namespace Launchpad.Bench;

/// <summary>What one engine did: times in milliseconds, rates a second. What was not measured is not a number.</summary>
internal sealed record Figures
{
    public double AloneP50 { get; init; } = double.NaN;

    public double AloneP99 { get; init; } = double.NaN;

    public double Hundred { get; init; } = double.NaN;

    public double Thousand { get; init; } = double.NaN;

    public double FanOut { get; init; } = double.NaN;

    public double TimerOff { get; init; } = double.NaN;

    public double HttpStart { get; init; } = double.NaN;

    public double IdleCpu { get; init; } = double.NaN;

    public double IdleMegabytes { get; init; } = double.NaN;

    public static double Percentile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
    }
}

/// <summary>How much of everything: 1 is the bench, less of it is a test that everything works.</summary>
internal sealed record Amounts(double Scale, string? Only)
{
    private const int RoundsMax = 5;
    private static readonly TimeSpan RoundsTime = TimeSpan.FromSeconds(30);

    public bool Has(string group) => Only is null || Only.Split(',').Contains(group);

    public int Of(int count) => Math.Max(10, (int)(count * Scale));

    public TimeSpan Of(TimeSpan time) => time * Math.Min(1, Scale);

    /// <summary>The median of some rounds: fewer of what takes long.</summary>
    public static async Task<double> MedianAsync(Func<Task<double>> round)
    {
        var figures = new List<double>();
        var started = Stopwatch.GetTimestamp();
        do
        {
            figures.Add(await round());
        }
        while (figures.Count < RoundsMax && Stopwatch.GetElapsedTime(started) < RoundsTime);
        return Figures.Percentile(figures, 0.5);
    }
}
