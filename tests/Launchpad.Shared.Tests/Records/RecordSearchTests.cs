using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Tests.Records;

/// <summary>Chains that are read as one list.</summary>
public sealed class RecordSearchTests(Azurite azurite) : StorageTests(azurite)
{
    private static readonly RecordQuery Everything = new(null, null, HasOwn: true);
    private readonly Clock clock = new();

    [Fact]
    public async Task Each_row_comes_once_and_newest_first_whatever_the_pages_and_though_clocks_differ()
    {
        var chains = await ChainsAsync(bots: 3);
        var random = new Random(1);
        for (var row = 0; row < 60; row++)
        {
            clock.Now += TimeSpan.FromSeconds(random.Next(-20, 40));
            await new RecordStore(Tables, clock).AppendAsync(chains[random.Next(chains.Count)], Row(row), Ct);
        }

        var search = new RecordSearch(Records, new DeploymentStore(Tables, Records));
        var all = await search.AllAsync(Account, Everything, after: null, Ct).Select(row => row.Row.Hash).ToListAsync();
        Assert.Equal(60 + (2 * 3), all.Distinct().Count());
        foreach (var size in new[] { 1, 2, 7 })
        {
            var (paged, place) = (new List<string>(), (RecordPlace?)null);
            do
            {
                (var page, place) = await search.FindAsync(Account, Everything, place is null ? null : RecordPlace.Parse($"{place}"), size, Ct);
                paged.AddRange(page.Select(row => row.Row.Hash));
                Assert.True(paged.Count <= all.Count, $"More rows than there are, in pages of {size}.");
            }
            while (place is not null);
            Assert.Equal(all, paged);
        }
    }

    [Fact]
    public async Task A_late_page_costs_no_more_than_the_first_but_for_finding_its_place()
    {
        var chains = await ChainsAsync(bots: 2);
        for (var row = 0; row < 600; row++)
        {
            clock.Now += TimeSpan.FromMinutes(2);
            await new RecordStore(Tables, clock).AppendAsync(chains[row % chains.Count], Row(row), Ct);
        }

        var (queries, calls) = (0, 0);
        var counted = new RecordStore(
            await FaultyAsync(request =>
            {
                calls++;
                queries += request.Uri.Query.Contains("filter", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
                return CallFault.None;
            }),
            clock);
        var search = new RecordSearch(counted, new DeploymentStore(Tables, Records));
        var (costs, place) = (new List<(int Queries, int Calls)>(), (RecordPlace?)null);
        do
        {
            (queries, calls) = (0, 0);
            (_, place) = await search.FindAsync(Account, Everything, place, 50, Ct);
            costs.Add((queries, calls));
        }
        while (place is not null);
        Assert.Equal(13, costs.Count);
        var (first, probes) = (costs[0], chains.Count * 10);
        Assert.All(costs, cost => Assert.True(cost.Queries <= first.Queries && cost.Calls <= first.Calls + probes, $"{cost}, the first {first}"));
    }

    [Fact]
    public async Task Of_a_bot_that_was_deleted_long_ago_the_record_is_in_the_list_however_many_there_are()
    {
        var chains = await ChainsAsync(bots: 250);
        var found = new HashSet<string>();
        var search = new RecordSearch(Records, new DeploymentStore(Tables, Records));
        RecordPlace? place = null;
        do
        {
            (var page, place) = await search.FindAsync(Account, Everything, place, 100, Ct);
            found.UnionWith(page.Select(row => row.Chain));
        }
        while (place is not null);
        Assert.Equal(chains.Skip(1).Order(), found.Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-31T08:00:00.000Z dep_1")]
    [InlineData("2026-01-31T08:00:00.000Z dep_1 -1")]
    [InlineData("9999-12-31T23:59:59.999Z dep_1 1")]
    [InlineData("0000-01-31T08:00:00.000Z dep_1 1")]
    [InlineData("yesterday dep_1 1")]
    public void What_is_no_place_is_none(string typed) => Assert.Null(RecordPlace.Parse(typed));

    /// <summary>The account's own chain first.</summary>
    private async Task<IReadOnlyList<string>> ChainsAsync(int bots)
    {
        var store = new DeploymentStore(Tables, new RecordStore(Tables, clock));
        var ids = Enumerable.Range(0, bots).Select(_ => Ids.New(Ids.Deployment, TimeProvider.System)).ToList();
        await Parallel.ForEachAsync(ids, Ct, async (id, ct) => await store.AddAsync(Ordered() with { Id = id }, ct));
        return [Account, .. ids];
    }

    private static RecordEntry Row(int number) => new(RecordKinds.Action, "somebody", new { number });

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
