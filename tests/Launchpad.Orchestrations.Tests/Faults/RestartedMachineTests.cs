using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Xunit.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>All machines go off and on again before an activity of a saga. What a bot needs in memory is gone then, and whatever watches it
/// sees it end; neither the bot nor its backup nor its release is blamed for that.</summary>
public sealed class RestartedMachineTests(Theatre theatre, ITestOutputHelper output) : IClassFixture<Theatre>
{
    private const int PointsUsually = 1;

    /// <summary>What looks at a bot that was brought up; before these machines always restart.</summary>
    private static readonly string[] Watches = ["CheckBot", "HoldReady", "CheckCandidate", "AskCandidate", "ReturnBot"];

    /// <summary>Those that end in success when nothing happens, and in which what was only tried may be given up.</summary>
    private static readonly Dictionary<string, bool> MayBeGivenUp = new()
    {
        ["Provision"] = false,
        ["Provision of a clone"] = false,
        ["Restart"] = false,
        ["Resume"] = false,
        ["Suspend"] = false,
        ["Backup"] = false,
        ["Terminate"] = false,
        ["Rollout"] = true,
        ["Rollback to the data left behind"] = true,
        ["Rollout that goes back"] = true,
        ["Restore"] = true,
        ["Drill"] = true,
        ["Move"] = true,
        ["Test message"] = true,
    };

    public static TheoryData<string> Stories =>
        [.. Sample.Of(nameof(RestartedMachineTests), [.. MayBeGivenUp.Keys], 1).Union(["Provision", "Rollout that goes back", "Drill"])];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task A_machine_that_restarts_is_not_held_against_anybody(string name)
    {
        var (usual, activities) = await TellAsync(name, at: -1);
        int[] all = [.. Enumerable.Range(0, activities.Count)];
        foreach (var at in all.Where(at => Watches.Contains(activities[at])).Union(Sample.Of(name, all, PointsUsually)))
        {
            var (ended, told) = await TellAsync(name, at);
            var activity = told[at];
            output.WriteLine($"{name}, before {activity}: {ended.Status} {ended.Failure?.Code} {ended.Failure?.Message}");
            var isGivenUp = MayBeGivenUp[name] && ended.Failure?.Code is "machine-restarted" or "secrets-missing";
            Assert.True(isGivenUp || (ended.Status, ended.Failure?.Code) == (usual.Status, usual.Failure?.Code), $"before {activity}: {ended.Failure}");
            Assert.False(usual.Failure is null && ended.Failure is { } failure && Failure.IsOfRelease(failure.Code), $"before {activity}: {ended.Failure}");
            await SweepAsync();
            Assert.Empty((await LiesAsync()).Select(lie => $"before {activity}: {lie}"));
            Assert.DoesNotContain(await theatre.Product.Get<Pager>().OpenAsync(default), page => page.Kind is PageKind.DrillFailed or PageKind.CrashLoop);
        }
    }

    /// <summary>How its operation ended, and all activities that there were.</summary>
    private async Task<(Operation Ended, IReadOnlyList<string> Activities)> TellAsync(string name, int at)
    {
        var activities = new List<string>();
        theatre.World.Clock.Go();
        theatre.Product.Gate = _ => Task.CompletedTask;
        try
        {
            await Story.All[name].TellAsync(theatre.World, theatre.Product, theatre.Bots, () => theatre.Product.Before = (activity, _) =>
            {
                activities.Add(activity);
                if (activities.Count == at + 1)
                {
                    theatre.World.Machines.RestartAll();
                }

                return Task.CompletedTask;
            });
        }
        finally
        {
            theatre.Product.Before = (_, _) => Task.CompletedTask;
        }

        await theatre.Product.SettleAsync();
        var last = (await theatre.Product.DeploymentAsync()).LastOperation!;
        return ((await theatre.Product.Get<OperationStore>().FindAsync(Bots.Account, last, default))!, activities);
    }

    /// <summary>The machine reports, and whoever looks after it looks.</summary>
    private async Task SweepAsync()
    {
        var deployment = await theatre.Product.DeploymentAsync();
        if (deployment is not { Status: DeploymentStatus.Running, Vm: { } vm })
        {
            return;
        }

        await Bots.BeatAsync(theatre.Product, vm);
        await theatre.Product.EndAsync(await theatre.Product.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(Recover), new RecoverInput(Tier.Shared, vm, [new(deployment.Account, deployment.Id)])));
        await theatre.Product.SettleAsync();
    }

    private async Task<IEnumerable<string>> LiesAsync() => (await Truth.OfAsync(theatre)).Lies();
}
