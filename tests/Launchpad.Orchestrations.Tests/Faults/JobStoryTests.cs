using Launchpad.Processes;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Xunit.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Whole stories on machines whose jobs take their time, never end, are ended in between, or stay when they are to go.</summary>
public sealed class JobStoryTests(Theatre theatre, ITestOutputHelper output) : IClassFixture<Theatre>
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

    public static TheoryData<string> Stories => [.. Sample.Of(nameof(Stories), [.. Story.All.Keys], 3)];

    public static TheoryData<string> CancelledIn => RolloutActivities(nameof(CancelledIn));

    public static TheoryData<string> EndlessIn => RolloutActivities(nameof(EndlessIn));

    public static TheoryData<string> RestartedIn => RolloutActivities(nameof(RestartedIn));

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
        var usual = Images();
        var slow = await TellAsync(name, looksOf: job => IsWatch(job) ? 0 : 2);
        Assert.Equal(fast, slow);
        Assert.Equal(usual, Images());
        Assert.Empty(theatre.World.Machines.Jobs);
    }

    /// <summary>Then the end that a job had is found under its name, should a step begin it once more. What a sweep removes has one name for
    /// ever, and is believed gone only when its job is.</summary>
    [Theory]
    [MemberData(nameof(Stories))]
    public async Task A_story_whose_machines_forget_no_job_ends_as_any_other(string name)
    {
        var told = await TellAsync(name);
        var usual = Images();
        Assert.Equal(told, await TellAsync(name, strike: call => JobTests.IsCollect(call) && !call.Path.Contains(" orphan-", StringComparison.Ordinal) ? Blow.Refused : Blow.None));
        Assert.Equal(usual, Images());
        Assert.Empty((await Truth.OfAsync(theatre)).Lies());
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

    /// <summary>They wait until the operation's deadline, and for an engine whose timers are always due that is long over.</summary>
    private static bool IsWatch(string job) => IsOf(job, Steps.Health) || IsOf(job, Steps.Candidate);

    private static bool IsOf(string job, string activity) => IsOf(job, OfRollout[activity]);

    private static bool IsOf(string job, Step step) => job.Split('-', 2)[1].StartsWith($"{step.Name}-", StringComparison.Ordinal);

    private List<string> Images() =>
        [.. theatre.World.Machines.Tenants.SelectMany(machine => machine.Value, (_, one) => $"{one.Key} {one.Value.Image}").Order()];

    private async Task<string> TellAsync(
        string name, Func<string, int>? looksOf = null, Func<string, Task>? before = null, Func<Call, Blow>? strike = null)
    {
        theatre.World.Clock.Go();
        theatre.World.LooksOf = _ => 0;
        theatre.Product.Gate = _ => Task.CompletedTask;
        try
        {
            var ended = await Story.All[name].TellAsync(theatre.World, theatre.Product, theatre.Bots, () =>
            {
                theatre.World.Wire.Begin(strike is null ? null : (call, _) => strike(call));
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
