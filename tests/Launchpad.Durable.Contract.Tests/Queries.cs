using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable.Contract;

public abstract class QueryContract(Hub hub) : ContractSuite(hub)
{
    private async Task<List<OrchestrationMetadata>> AllAsync(OrchestrationQuery query)
    {
        var all = new List<OrchestrationMetadata>();
        await foreach (var state in Client.GetAllInstancesAsync(query))
        {
            all.Add(state);
        }

        return all;
    }

    private Task<OrchestrationMetadata[]> QuicksAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(
        i => RunAsync(nameof(StartContract.Quick), $"{i}", new(Id($"quick-{i:00}")))));

    [Fact]
    public async Task Queries_filter()
    {
        var before = DateTimeOffset.UtcNow.AddMilliseconds(-50);
        await QuicksAsync(5);
        await StartAsync(nameof(ChildContract.Park), null, new(Id("parked")));
        await UntilAsync(Id("parked"), Running);

        var mine = new OrchestrationQuery(InstanceIdPrefix: Id(""));
        Assert.Equal(6, (await AllAsync(mine)).Count);
        Assert.Equal([Id("parked")], (await AllAsync(mine with { Statuses = [Running] })).Select(state => state.InstanceId));
        Assert.Equal(5, (await AllAsync(mine with { Statuses = [Completed, Failed] })).Count);
        Assert.Empty(await AllAsync(mine with { CreatedFrom = DateTimeOffset.UtcNow.AddMinutes(1) }));
        Assert.Equal(6, (await AllAsync(mine with { CreatedFrom = before, CreatedTo = DateTimeOffset.UtcNow.AddMinutes(1) })).Count);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_or_a_double()
    {
        await QuicksAsync(25);
        var pages = new List<Page<OrchestrationMetadata>>();
        var query = new OrchestrationQuery(InstanceIdPrefix: Id("quick-"), PageSize: 10, FetchInputsAndOutputs: true);
        await foreach (var page in Client.GetAllInstancesAsync(query).AsPages())
        {
            pages.Add(page);
        }

        Assert.All(pages, page => Assert.InRange(page.Values.Count, 0, 10));
        Assert.Equal(
            Enumerable.Range(0, 25).Select(i => $"{i}"),
            pages.SelectMany(page => page.Values).OrderBy(state => state.InstanceId).Select(state => state.ReadOutputAs<string>()));
    }

    [Fact]
    public async Task A_page_goes_on_where_its_token_says_even_in_another_query()
    {
        await QuicksAsync(7);
        var query = new OrchestrationQuery(InstanceIdPrefix: Id("quick-"), PageSize: 3);
        var seen = new List<string>();
        string? token = null;
        do
        {
            await foreach (var page in Client.GetAllInstancesAsync(query with { ContinuationToken = token }).AsPages())
            {
                seen.AddRange(page.Values.Select(state => state.InstanceId));
                token = page.ContinuationToken;
                break;
            }
        }
        while (token is not null);

        Assert.Equal(Enumerable.Range(0, 7).Select(i => Id($"quick-{i:00}")), seen.Order());
    }

    [Fact]
    public async Task Metadata_gives_payloads_only_when_asked_for()
    {
        var state = await RunAsync(nameof(StartContract.Quick), "in", new(Id()));
        Assert.Equal(("in", "in", nameof(StartContract.Quick)), (state.ReadInputAs<string>(), state.ReadOutputAs<string>(), state.Name));
        Assert.InRange(state.LastUpdatedAt, state.CreatedAt, DateTimeOffset.UtcNow);
        var bare = (await Client.GetInstanceAsync(Id()))!;
        Assert.Null(bare.SerializedInput);
        Assert.Throws<InvalidOperationException>(() => bare.ReadOutputAs<string>());
        Assert.Null(await Client.GetInstanceAsync(Id("unknown")));
    }
}
