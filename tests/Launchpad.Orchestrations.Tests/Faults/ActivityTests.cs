using Launchpad.Shared;
using Launchpad.Shared.Operations;
using Xunit.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Whatever an activity is, it may run twice, may run when it should not, and may be cut off at any call that it makes. The list of
/// activities is the assembly's: one without a row fails.</summary>
public sealed class ActivityTests(Theatre theatre, ITestOutputHelper output) : IClassFixture<Theatre>
{
    private const int CallsUsually = 1;

    public static TheoryData<string> Rows => [.. Row.All.Select(row => row.ToString())];

    public static TheoryData<string> OfOperations => [.. Row.All.Where(row => row.Otherwise is not Otherwise.Same).Select(row => row.ToString())];

    [Fact]
    public void Every_activity_has_its_row_and_every_row_its_activity() =>
        Assert.Equal(Activity.All.Keys.Order(), Row.All.Select(row => row.Activity).Distinct().Order());

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Running_twice_comes_to_the_same_as_running_once(string name)
    {
        var (once, _) = await theatre.UsuallyAsync(Find(name));
        var stage = await theatre.SetAsync(Find(name));
        Assert.Null(await theatre.RunAsync(stage));
        await theatre.Product.ForgetAsync();
        Assert.Null(await theatre.RunAsync(stage));
        Same(once, await theatre.FactsAsync());
    }

    [Theory]
    [MemberData(nameof(OfOperations))]
    public async Task Nothing_is_done_for_an_operation_that_lost_its_deployment(string name)
    {
        var row = Find(name);
        await RefusedAsync(row, "taken", Theatre.Taken);
        await RefusedAsync(row, "terminated", Theatre.Terminated);
        if (row.Otherwise is not Otherwise.Leaves)
        {
            await RefusedAsync(row, "freed", Theatre.Freed);
        }
    }

    [Theory]
    [MemberData(nameof(OfOperations))]
    public async Task Without_the_operation_s_row_all_of_it_is_done_or_nothing_and_that_is_told(string name)
    {
        var row = Find(name);
        if (row.Otherwise is Otherwise.Leaves)
        {
            return;
        }

        var (usual, _) = await theatre.UsuallyAsync(row);
        var stage = await theatre.SetAsync(row);
        await theatre.LoseAsync(stage);
        var before = await theatre.FactsAsync();
        var failure = await theatre.RunAsync(stage);
        var after = await theatre.FactsAsync();
        if (failure is not null)
        {
            Assert.Equal("operation-gone", Failure.Of(failure).Code);
            Same(before, after);
            return;
        }

        Same(usual.Where(fact => !IsOf(fact, stage)), after.Where(fact => !IsOf(fact, stage)));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task An_answer_that_is_lost_is_made_good_by_running_again(string name)
    {
        var row = Find(name);
        var (usual, calls) = await theatre.UsuallyAsync(row);
        foreach (var at in Some(row, calls))
        {
            var stage = await theatre.SetAsync(row);
            var failure = await theatre.RunAsync(stage, Strike(calls, at, Blow.Lost, max: 1));
            Assert.False(failure is PermanentException, $"Lost {calls[at]}: {failure?.Message}");
            await theatre.Product.ForgetAsync();
            Assert.True(await theatre.RunAsync(stage) is null, $"Lost {calls[at]}");
            Same(usual, await theatre.FactsAsync(), $"Lost {calls[at]}");
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_call_that_fails_for_good_is_told_and_nothing_stays_half_done(string name)
    {
        var row = Find(name);
        var (usual, calls) = await theatre.UsuallyAsync(row);
        foreach (var at in Some(row, calls))
        {
            var stage = await theatre.SetAsync(row);
            var failure = await theatre.RunAsync(stage, Strike(calls, at, Blow.Refused, max: int.MaxValue));
            // A job that a machine does not forget costs nobody anything.
            Assert.True(failure is not null || JobTests.IsCollect(calls[at]), $"Refused {calls[at]}: and nobody was told");
            Assert.True(failure is null || Failure.Of(failure).Code is not "internal", $"Refused {calls[at]}: {failure}");
            await theatre.Product.ForgetAsync();
            Assert.True(await theatre.RunAsync(stage) is null, $"Refused {calls[at]}");
            Same(usual, await theatre.FactsAsync(), $"Refused {calls[at]}");
        }
    }

    private async Task RefusedAsync(Row row, string how, Func<Shared.Deployments.Deployment, Shared.Deployments.Deployment> change)
    {
        var stage = await theatre.SetAsync(row);
        await theatre.ChangeAsync(change);
        var before = await theatre.FactsAsync();
        var failure = await theatre.RunAsync(stage);
        if (row.Otherwise is Otherwise.Fails)
        {
            Assert.True(failure is NotHeldException, $"{how}: {failure?.ToString() ?? "it did not fail"}");
        }

        // What it says of itself is its own.
        Same(before.Where(fact => !IsOf(fact, stage)), (await theatre.FactsAsync()).Where(fact => !IsOf(fact, stage)), how);
    }

    /// <summary>Hits a call and those like it after it. Calls that go out together come in any order, so those like it are counted.</summary>
    private static Func<Call, int, Blow> Strike(IReadOnlyList<Call> calls, int at, Blow blow, int max)
    {
        var (like, met) = (calls.Take(at).Count(call => call == calls[at]), 0);
        return (call, _) => call == calls[at] && met++ >= like && met <= (long)like + max ? blow : Blow.None;
    }

    private IReadOnlyList<int> Some(Row row, IReadOnlyList<Call> calls)
    {
        var some = Sample.Of(row.ToString(), [.. Enumerable.Range(0, calls.Count)], CallsUsually);
        output.WriteLine($"{row}: {calls.Count} calls, {some.Count} of them, seed {Sample.Seed}");
        return some;
    }

    private static bool IsOf(string fact, Stage stage) =>
        stage.Operation is { } own && (fact.StartsWith($"operations {Faults.Bots.Account} {own} ", StringComparison.Ordinal)
            || fact.StartsWith($"operations {own} owner", StringComparison.Ordinal)
            || (fact.StartsWith("index failures ", StringComparison.Ordinal) && fact.Contains($"-{own} ", StringComparison.Ordinal)));

    private static Row Find(string name) => Row.All.Single(row => row.ToString() == name);

    /// <summary>There may be an index row too many, which goes when it is followed, and never one too few.</summary>
    private static void Same(IEnumerable<string> expected, IEnumerable<string> actual, string when = "")
    {
        var wanted = expected.ToList();
        var found = actual.Where(fact => wanted.Contains(fact) || !fact.StartsWith("index ", StringComparison.Ordinal)).ToList();
        var lines = wanted.Except(found).Select(line => "- " + line).Concat(found.Except(wanted).Select(line => "+ " + line)).ToList();
        Assert.True(lines.Count == 0 && wanted.Count == found.Count, $"{when}\n{string.Join('\n', lines)}");
    }
}
