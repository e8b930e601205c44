using Launchpad.EndToEnd.Tests.Web;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Launchpad.EndToEnd.Tests.LongestFirst", "Launchpad.EndToEnd.Tests")]

namespace Launchpad.EndToEnd.Tests;

/// <summary>What takes longest begins first, so that nothing is left to go on alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_order = [OnRolloutStack.Name, WebStack.Name, OnOneStack.Name, StillWebStack.Name, nameof(HealthTests), nameof(OpenClawTests), nameof(KillTests)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Place(collection.DisplayName));

    private static int Place(string collection) =>
        Array.FindIndex(s_order, name => collection.EndsWith(name, StringComparison.Ordinal)) is >= 0 and var place ? place : s_order.Length;
}
