using System.Globalization;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Which of the cells are walked: a few, the same each time, or with LAUNCHPAD_FAULTS all of them. LAUNCHPAD_FAULTS_SEED walks
/// others.</summary>
internal static class Sample
{
    private static readonly bool IsWhole = Environment.GetEnvironmentVariable("LAUNCHPAD_FAULTS") is not null;

    public static int Seed { get; } = Environment.GetEnvironmentVariable("LAUNCHPAD_FAULTS_SEED") is { } seed
        ? int.Parse(seed, CultureInfo.InvariantCulture)
        : 1;

    /// <param name="of">What the cells are of: each has its own.</param>
    /// <param name="cells">All of them.</param>
    /// <param name="few">How many, of so many.</param>
    public static IReadOnlyList<T> Of<T>(string of, IReadOnlyList<T> cells, int few)
    {
        if (IsWhole || cells.Count <= few)
        {
            return cells;
        }

        // The hash of a text differs from process to process.
        var random = new Random(of.Aggregate(Seed, (sum, letter) => unchecked((sum * 31) + letter)));
        var kept = cells.ToArray();
        random.Shuffle(kept);
        return kept[..few];
    }
}
