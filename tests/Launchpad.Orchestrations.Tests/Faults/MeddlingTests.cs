using Launchpad.Functions;
using Launchpad.Functions.Access;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Xunit.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Something else happens before an activity of a saga, whichever that is. When all is quiet again everybody says the same of the bot.
/// </summary>
public sealed class MeddlingTests(Theatre theatre, ITestOutputHelper output) : IClassFixture<Theatre>
{
    private const int PointsUsually = 1;

    /// <summary>What looks at a bot that was brought up; before these machines always restart.</summary>
    private static readonly string[] Watches = ["CheckBot", "HoldReady", "CheckCandidate", "AskCandidate", "ReturnBot"];

    /// <summary>And whether they try something out, which may be given up when its machine restarts.</summary>
    private static readonly Dictionary<string, bool> All = new()
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

    public static TheoryData<string> Restarted =>
        [.. Sample.Of(nameof(Restarted), [.. All.Keys], 1).Union(["Provision", "Rollout that goes back", "Drill"])];

    public static TheoryData<string> Cancelled => [.. Sample.Of(nameof(Cancelled), [.. All.Keys], 2)];

    public static TheoryData<string> Deleted => [.. Sample.Of(nameof(Deleted), [.. All.Keys.Where(name => name != "Terminate")], 2)];

    public static TheoryData<string> Lost => [.. Sample.Of(nameof(Lost), [.. All.Keys], 2)];

    /// <summary>What a bot needs in memory is gone then, and whatever watches it sees it end.</summary>
    [Theory]
    [MemberData(nameof(Restarted))]
    public async Task A_machine_that_restarts_is_held_against_no_bot_release_or_backup(string name)
    {
        var (usual, activities) = await TellAsync(name, at: -1);
        foreach (var at in Points(name, activities).Union(At(activities, Watches.Contains)))
        {
            var ended = await MeddleAsync(name, at, () =>
            {
                theatre.World.Machines.RestartAll();
                return Task.CompletedTask;
            });
            var isGivenUp = All[name] && ended.Failure?.Code is "machine-restarted" or "secrets-missing";
            Assert.True(isGivenUp || (ended.Status, ended.Failure?.Code) == (usual.Status, usual.Failure?.Code), $"{at}: {ended.Failure}");
            Assert.DoesNotContain(await theatre.Product.Get<Pager>().OpenAsync(default), page => page.Kind is PageKind.DrillFailed or PageKind.CrashLoop);
        }
    }

    [Theory]
    [MemberData(nameof(Cancelled))]
    public async Task What_is_cancelled_is_taken_back_or_done(string name)
    {
        var (usual, activities) = await TellAsync(name, at: -1);
        foreach (var at in Points(name, activities))
        {
            var ended = await MeddleAsync(name, at, CancelAsync);
            Assert.True(
                ended.Failure?.Code == "cancelled" || (ended.Status, ended.Failure?.Code) == (usual.Status, usual.Failure?.Code), $"{at}: {ended.Failure}");
        }
    }

    [Theory]
    [MemberData(nameof(Deleted))]
    public async Task What_is_deleted_meanwhile_is_gone(string name)
    {
        var (_, activities) = await TellAsync(name, at: -1);
        foreach (var at in Points(name, activities))
        {
            var isDeleted = false;
            await MeddleAsync(name, at, async () =>
            {
                isDeleted = true;
                await theatre.Product.Get<OperationStarter>().BeginAsync(
                    theatre.Product.Client, await theatre.Product.DeploymentAsync(), OperationKind.Terminate, new Unbound(Bots.Account),
                    DeletionRequest.AtOnce, default);
            });
            Assert.Equal(isDeleted, (await theatre.Product.DeploymentAsync()).Status is DeploymentStatus.Terminated);
        }
    }

    /// <summary>With all that is on it. A bot that had run comes up on another one.</summary>
    [Theory]
    [MemberData(nameof(Lost))]
    public async Task What_its_machine_is_lost_to_goes_on_elsewhere(string name)
    {
        var (_, activities) = await TellAsync(name, at: -1);
        foreach (var at in Points(name, activities))
        {
            await MeddleAsync(name, at, LoseAsync);
        }
    }

    private static IEnumerable<int> Points(string name, IReadOnlyList<string> activities) =>
        Sample.Of(name, [.. Enumerable.Range(0, activities.Count)], PointsUsually);

    private static IEnumerable<int> At(IReadOnlyList<string> activities, Func<string, bool> isOne) =>
        Enumerable.Range(0, activities.Count).Where(at => isOne(activities[at]));

    /// <summary>As the customer's request does it, where it can be.</summary>
    private Task CancelAsync() => theatre.Product.Get<DeploymentStore>().ChangeAsync(
        Bots.Account, Bots.Deployment,
        now => now.Operation is { } going && going.Kind.Definition().IfCancelled(new([])) is not null
            ? now with { Operation = going with { Cancelled = true } }
            : null, default);

    private async Task LoseAsync()
    {
        if ((await theatre.Product.DeploymentAsync()).Vm is { } vm && theatre.World.Cloud.Read().Machines.ContainsKey(VmGateway.ResourceName(vm)))
        {
            theatre.World.Cloud.Update(state => state with { Machines = state.Machines.Remove(VmGateway.ResourceName(vm)) });
            await theatre.World.Machines.StopAsync(VmGateway.ResourceName(vm), default);
            await theatre.Product.Get<HeartbeatStore>().MissAsync(vm, theatre.World.Clock.GetUtcNow(), default);
        }
    }

    private async Task<Operation> MeddleAsync(string name, int at, Func<Task> meddle)
    {
        var (ended, activities) = await TellAsync(name, at, meddle);
        var point = at < activities.Count ? activities[at] : "nothing";
        output.WriteLine($"{name}, before {point}: {ended.Kind} {ended.Status} {ended.Failure?.Code} {ended.Failure?.Message}");
        await SweepAsync();
        Assert.Empty((await Truth.OfAsync(theatre)).Lies().Select(lie => $"before {point} ({at}): {lie}"));
        return ended;
    }

    /// <summary>How its operation ended, and all activities that there were.</summary>
    private async Task<(Operation Ended, IReadOnlyList<string> Activities)> TellAsync(string name, int at, Func<Task>? meddle = null)
    {
        var (activities, told) = (new List<string>(), "");
        theatre.World.Clock.Go();
        theatre.Product.Gate = _ => Task.CompletedTask;
        try
        {
            told = (await Story.All[name].TellAsync(theatre.World, theatre.Product, theatre.Bots, () => theatre.Product.Before = async (activity, _) =>
            {
                activities.Add(activity);
                if (activities.Count == at + 1)
                {
                    await meddle!();
                }
            })).InstanceId;
        }
        finally
        {
            theatre.Product.Before = (_, _) => Task.CompletedTask;
        }

        await theatre.Product.SettleAsync();
        return ((await theatre.Product.Get<OperationStore>().FindAsync(Bots.Account, told, default))!, activities);
    }

    /// <summary>The machine reports, and whoever looks after it looks.</summary>
    private async Task SweepAsync()
    {
        var deployment = await theatre.Product.DeploymentAsync();
        if (deployment is not { Status: DeploymentStatus.Running or DeploymentStatus.Failed, ActiveVersion: not null, Vm: { } vm })
        {
            return;
        }

        theatre.World.Clock.Advance(TimeSpan.FromMinutes(5));
        if (theatre.World.Machines.Tenants.ContainsKey(VmGateway.ResourceName(vm)))
        {
            await Bots.BeatAsync(theatre.Product, vm);
        }

        await theatre.Product.EndAsync(await theatre.Product.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(Recover), new RecoverInput(Tier.Shared, vm, [new(deployment.Account, deployment.Id)])));
        await theatre.Product.SettleAsync();
    }
}
