using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Launchpad.EndToEnd.Tests.LongestFirst", "Launchpad.EndToEnd.Tests")]

namespace Launchpad.EndToEnd.Tests;

/// <summary>What takes longest begins first, so that nothing is left to go on alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_order = [nameof(KillTests), nameof(HealthTests), OnOneStack.Name, OnRolloutStack.Name];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(s_order, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)) is >= 0 and var at
            ? at
            : s_order.Length);
}
