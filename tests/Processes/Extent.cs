namespace Launchpad.Processes;

/// <summary>How much of the tests is run: usually what two cores do in twenty-five minutes, which is of every matrix a sample, and of the
/// stories on a whole stack those whose promise nothing cheaper holds. With LAUNCHPAD_TESTS=all, everything.</summary>
internal static class Extent
{
    /// <summary>The trait of what is run only with everything else: <c>[Trait(Extent.Name, Extent.All)]</c>.</summary>
    public const string Name = "Extent";

    public const string All = "all";

    public static bool IsAll { get; } = Environment.GetEnvironmentVariable("LAUNCHPAD_TESTS") == All;
}
