using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Processes;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Xunit.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Work on a machine that is not done when it is looked at: whoever comes back finds it, whatever happened in between. The list of
/// what is looked at is the assembly's.</summary>
public sealed class JobTests(Theatre theatre, ITestOutputHelper output) : IClassFixture<Theatre>
{
    private static readonly Dictionary<string, Step> OfRollout = new()
    {
        ["CheckConfig"] = Steps.CheckConfig,
        ["CopyVolume"] = Steps.CopyVolume,
        ["StartCandidate"] = Steps.StartCandidate,
        ["AskCandidate"] = Steps.Canary,
        ["KeepVolume"] = Steps.Switch,
        ["BringUp"] = Steps.Configure,
        ["HoldReady"] = Steps.Hold,
    };

    // All of them begin, look at and end their jobs by the same lines.
    public static TheoryData<string> Rows =>
        [.. Sample.Of(nameof(Rows), [.. Row.All.Where(row => Activity.All[row.Activity].TakesLook).Select(row => row.ToString())], 8)];

    public static TheoryData<string> Stories => [.. Sample.Of(nameof(Stories), [.. Story.All.Keys], 3)];

    public static TheoryData<string> CancelledIn => RolloutActivities(nameof(CancelledIn));

    public static TheoryData<string> EndlessIn => RolloutActivities(nameof(EndlessIn));

    public static TheoryData<string> RestartedIn => RolloutActivities(nameof(RestartedIn));

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
    public async Task What_came_of_a_job_is_written_down_before_the_machine_forgets_it(string name)
    {
        var (stage, usual) = await SetAsync(name, looks: 0);
        var failure = await theatre.RunAsync(stage, (call, _) => IsCollect(call) ? Blow.Refused : Blow.None);
        Assert.Equal("docker-unavailable", Failure.Of(failure!).Code);
        var after = await theatre.FactsAsync();
        Assert.Equal(usual, after.Where(fact => !IsJob(fact)));
        Assert.Single(after, IsJob);
        Assert.DoesNotContain(await StepsAsync(stage), step => step is { Code: "docker-unavailable" } or { DurationMs: null });

        await theatre.Product.ForgetAsync();
        Assert.Null(await theatre.RunAsync(stage));

        // Where there is no candidate any more nobody asks its machine: that forgets within a day.
        Assert.Equal(usual, (await theatre.FactsAsync()).Where(fact => stage.Row.Activity != "RemoveCandidate" || !IsJob(fact)));
        Assert.DoesNotContain(theatre.World.Wire.Calls, call => call is { Service: "machine", Method: not "job" });
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

    [Fact]
    public async Task A_change_asks_the_vault_for_each_value_once_and_shakes_hands_with_its_machine_twice_at_most()
    {
        using var handshakes = new Counted("launchpad.ssh.handshakes");
        IReadOnlyList<Call> calls = [];
        await TellAsync("Rollout", before: name => Task.FromResult(calls = name == "Close" ? theatre.World.Wire.Calls : calls));
        var reads = calls.Where(call => call is { Service: "vault", Method: "GET" }).ToList();
        Assert.NotEmpty(reads);
        Assert.Equal(reads.Distinct(), reads);
        Assert.InRange(handshakes.Total, 0, 2);
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task A_story_on_a_slow_machine_ends_as_on_a_fast_one(string name)
    {
        var fast = await TellAsync(name);
        var usual = theatre.World.Machines.Tenants.SelectMany(machine => machine.Value, (_, one) => $"{one.Key} {one.Value.Image}").Order();
        var slow = await TellAsync(name, looksOf: job => IsWatch(job) ? 0 : 2);
        Assert.Equal(fast, slow);
        Assert.Equal(
            usual, theatre.World.Machines.Tenants.SelectMany(machine => machine.Value, (_, one) => $"{one.Key} {one.Value.Image}").Order());
        Assert.Empty(theatre.World.Machines.Jobs);
    }

    [Theory]
    [MemberData(nameof(CancelledIn))]
    public async Task A_rollout_that_is_cancelled_while_a_job_runs_goes_back_from_there(string activity)
    {
        var looks = 0;
        var told = await TellAsync(
            "Rollout", job => IsOf(job, activity) ? 2 : 0,
            async name =>
            {
                if (name == activity && looks++ == 1)
                {
                    await CancelAsync();
                }
            });
        output.WriteLine(told);
        var ended = await LastAsync();
        Assert.Equal((OperationStatus.Failed, "cancelled"), (ended.Status, ended.Failure!.Code));
        var bot = await theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Running, 1, null), (bot.Status, bot.ActiveVersion!.Value, bot.Operation));
        Assert.Empty(theatre.World.Machines.Jobs);
        Assert.True(Assert.Single(theatre.World.Machines.Tenants.SelectMany(machine => machine.Value)).Value.Runs);
    }

    [Theory]
    [MemberData(nameof(EndlessIn))]
    public async Task A_rollout_whose_job_never_ends_stops_it_says_so_and_goes_back(string activity)
    {
        await TellAsync("Rollout", job => IsOf(job, activity) ? int.MaxValue : 0);
        var ended = await LastAsync();
        Assert.Equal((OperationStatus.Failed, "took-too-long"), (ended.Status, ended.Failure!.Code));
        Assert.Contains("Try again", ended.Failure.Next, StringComparison.Ordinal);
        var bot = await theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Running, 1), (bot.Status, bot.ActiveVersion!.Value));
        Assert.Empty(theatre.World.Machines.Jobs);
    }

    [Theory]
    [MemberData(nameof(RestartedIn))]
    public async Task A_machine_that_restarts_while_a_job_runs_costs_a_rollout_nothing_but_time(string activity)
    {
        var looks = 0;
        await TellAsync("Rollout", job => IsOf(job, activity) ? 2 : 0, name =>
        {
            if (name == activity && looks++ == 1)
            {
                theatre.World.Machines.ForgetJobs();
            }

            return Task.CompletedTask;
        });
        Assert.Equal(OperationStatus.Succeeded, (await LastAsync()).Status);
        Assert.InRange(looks, 4, 5);
        Assert.Empty(theatre.World.Machines.Jobs);
    }

    private static TheoryData<string> RolloutActivities(string of) => [.. Sample.Of(of, [.. OfRollout.Keys], 2)];

    private static bool IsJob(string fact) => fact.StartsWith("job ", StringComparison.Ordinal);

    private static bool IsCollect(Call call) => call is { Service: "machine", Method: "job" } && call.Path.StartsWith("Collect", StringComparison.Ordinal);

    /// <summary>They wait until the operation's deadline, and for an engine whose timers are always due that is long over.</summary>
    private static bool IsWatch(string job) => IsOf(job, Steps.Health) || IsOf(job, Steps.Candidate);

    private static bool IsOf(string job, string activity) => IsOf(job, OfRollout[activity]);

    private static bool IsOf(string job, Step step) => job.Split('-', 2)[1].StartsWith($"{step.Name}-", StringComparison.Ordinal);

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

    private async Task<string> TellAsync(string name, Func<string, int>? looksOf = null, Func<string, Task>? before = null)
    {
        theatre.World.Clock.Go();
        theatre.World.LooksOf = _ => 0;
        theatre.Product.Gate = _ => Task.CompletedTask;
        try
        {
            var ended = await Story.All[name].TellAsync(theatre.World, theatre.Product, theatre.Bots, () =>
            {
                theatre.World.Wire.Begin();
                theatre.World.LooksOf = looksOf ?? (_ => 0);
                theatre.Product.Before = (activity, _) => before?.Invoke(activity) ?? Task.CompletedTask;
            });
            return $"{ended.RuntimeStatus} {ended.SerializedOutput}";
        }
        finally
        {
            theatre.Product.Before = (_, _) => Task.CompletedTask;
            theatre.World.LooksOf = _ => 0;
            await theatre.Product.SettleAsync();
        }
    }

    private Task<Deployment> CancelAsync() => theatre.Product.Get<DeploymentStore>().ChangeAsync(
        Faults.Bots.Account, Faults.Bots.Deployment, now => now with { Operation = now.Operation! with { Cancelled = true } }, default);

    private async Task<Operation> LastAsync() => (await theatre.Product.Get<OperationStore>().FindAsync(
        Faults.Bots.Account, (await theatre.Product.DeploymentAsync()).LastOperation!, default))!;
}
