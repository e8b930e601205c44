using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Work on a machine that is not done when it is looked at: whoever comes back finds it, whatever happened in between. The list of
/// what is looked at is the assembly's.</summary>
public sealed class JobTests(Theatre theatre) : IClassFixture<Theatre>
{
    // All of them begin, look at and end their jobs by the same lines.
    public static TheoryData<string> Rows =>
        [.. Sample.Of(nameof(Rows), [.. Row.All.Where(row => Activity.All[row.Activity].TakesLook).Select(row => row.ToString())], 8)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_job_that_is_looked_at_many_times_comes_to_the_same_as_one_that_is_short(string name)
    {
        var (stage, usual) = await SetAsync(name, looks: 3);
        var looks = 0;
        for (object? seen = null; seen is Unfinished { Runs: true } || looks == 0; looks++)
        {
            seen = await theatre.Product.RunAsync(stage.Row.Activity, stage.Input);
            stage = Again(stage, seen as Unfinished);
            await theatre.Product.ForgetAsync();
        }

        Assert.Equal(4, looks);
        Assert.Equal(usual, await theatre.FactsAsync());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_job_that_a_restart_of_its_machine_ended_is_begun_again(string name)
    {
        var (stage, usual) = await SetAsync(name, looks: 1);
        stage = await FirstAsync(stage);
        theatre.World.Machines.ForgetJobs();
        stage = await FirstAsync(stage);
        Assert.False(await theatre.Product.RunAsync(stage.Row.Activity, stage.Input) is Unfinished { Runs: true });
        Assert.Equal(usual, await theatre.FactsAsync());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task What_came_of_a_job_is_written_down_before_the_machine_forgets_it_and_stands_when_it_cannot(string name)
    {
        var (stage, usual) = await SetAsync(name, looks: 0);
        var calls = new List<Call>();
        Assert.Null(await theatre.RunAsync(stage, (call, _) => Keep(call, calls)));
        Assert.True(IsCollect(calls[^1]), $"{calls[^1]} came after it was to be forgotten");
        var after = await theatre.FactsAsync();
        Assert.Equal(usual, after.Where(fact => !IsJob(fact)));
        Assert.Single(after, IsJob);

        await theatre.Product.ForgetAsync();
        Assert.Null(await theatre.RunAsync(stage, (call, _) => Keep(call, calls, Blow.None)));

        // Where there is no candidate any more nobody asks its machine: that forgets within a day.
        Assert.Equal(usual, (await theatre.FactsAsync()).Where(fact => stage.Row.Activity != "RemoveCandidate" || !IsJob(fact)));
        Assert.DoesNotContain(calls.Skip(calls.FindIndex(IsCollect)), call => call is { Service: "machine", Method: not "job" });
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_job_that_nobody_has_time_for_any_more_is_ended_and_that_is_told(string name)
    {
        var (stage, _) = await SetAsync(name, looks: int.MaxValue);
        var before = theatre.World.Machines.Tenants;
        var seen = (await FirstAsync(stage)).Input.GetProperty("Before").Deserialize<Unfinished>();
        var failure = await theatre.RunAsync(Again(stage, seen, last: true));
        Assert.Equal("took-too-long", Assert.IsType<PermanentException>(failure).Code);
        Assert.Empty(theatre.World.Machines.Jobs);
        Assert.Equal(before, theatre.World.Machines.Tenants);
        Assert.Contains(await StepsAsync(stage), step => step is { Status: StepStatus.Failed, Code: "took-too-long" });
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_job_of_an_operation_that_is_cancelled_is_ended_unless_it_takes_back(string name)
    {
        var (stage, usual) = await SetAsync(name, looks: 1);
        stage = await FirstAsync(stage);
        var before = theatre.World.Machines.Tenants;
        await theatre.ChangeAsync(now => now with { Operation = now.Operation! with { Cancelled = true } });
        var failure = await theatre.RunAsync(stage);

        // A removal ends by itself: where its machine is was said in the row alone.
        Assert.Equal(failure is not null && stage.Row.Activity == "RemoveBot", theatre.World.Machines.Jobs.Any());
        if (failure is null)
        {
            Assert.Contains(
                await StepsAsync(stage),
                step => (Steps.IsUndo(step.Name) || step.Name == Steps.RemoveCandidate.Name) && step.Status is not StepStatus.Failed);
            Assert.Equal(Bots(usual), Bots(await theatre.FactsAsync()));
            return;
        }

        Assert.Equal("cancelled", Assert.IsType<PermanentException>(failure).Code);
        Assert.Equal(before, theatre.World.Machines.Tenants);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_job_of_an_operation_that_lost_its_deployment_is_ended(string name)
    {
        var (stage, _) = await SetAsync(name, looks: 1);
        stage = await FirstAsync(stage);
        var before = theatre.World.Machines.Tenants;
        await theatre.ChangeAsync(Theatre.Freed);
        Assert.IsType<NotHeldException>(await theatre.RunAsync(stage));
        Assert.Equal(before, theatre.World.Machines.Tenants);

        // A removal ends by itself: where its machine is was said in the row alone.
        Assert.Equal(stage.Row.Activity == "RemoveBot", theatre.World.Machines.Jobs.Any());
    }

    private static bool IsJob(string fact) => fact.StartsWith("job ", StringComparison.Ordinal);

    internal static bool IsCollect(Call call) => call is { Service: "machine", Method: "job" } && call.Path.StartsWith("Collect", StringComparison.Ordinal);

    private static Blow Keep(Call call, List<Call>? seen = null, Blow collect = Blow.Refused)
    {
        seen?.Add(call);
        return IsCollect(call) ? collect : Blow.None;
    }

    private static IEnumerable<string> Bots(IEnumerable<string> facts) => facts.Where(fact => fact.StartsWith("bot ", StringComparison.Ordinal));

    /// <summary>The next look.</summary>
    private static Stage Again(Stage stage, Unfinished? seen, bool last = false)
    {
        var input = JsonNode.Parse(stage.Input.GetRawText())!;
        (input["Before"], input["Last"]) = (seen is null ? null : JsonSerializer.SerializeToNode(seen), last);
        return stage with { Input = JsonSerializer.SerializeToElement(input) };
    }

    /// <summary>At the moment before the activity looks for the first time, with time to look again.</summary>
    private async Task<(Stage Stage, IReadOnlyList<string> Usual)> SetAsync(string name, int looks)
    {
        var row = Row.All.Single(one => one.ToString() == name);
        theatre.World.LooksOf = _ => 0;
        var (usual, _) = await theatre.UsuallyAsync(row);
        var stage = await theatre.SetAsync(row);
        theatre.World.LooksOf = _ => looks;
        var before = stage.Input.GetProperty("Before").Deserialize<Unfinished?>();
        return (Again(stage, before), usual);
    }

    /// <summary>One look that finds the job at work.</summary>
    private async Task<Stage> FirstAsync(Stage stage)
    {
        var seen = Assert.IsType<Unfinished>(await theatre.Product.RunAsync(stage.Row.Activity, stage.Input));
        Assert.True(seen.Runs);
        Assert.Single(theatre.World.Machines.Jobs);
        return Again(stage, seen);
    }

    private Task<IReadOnlyList<OperationStep>> StepsAsync(Stage stage) =>
        theatre.Product.Get<OperationStore>().StepsAsync(stage.Operation!, default);
}
