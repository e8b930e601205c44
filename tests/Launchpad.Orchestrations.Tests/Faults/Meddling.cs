using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Xunit.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Tells stories in which something else happens before one of the activities.</summary>
public abstract class Meddling(Theatre theatre, ITestOutputHelper output) : IClassFixture<Theatre>
{
    private const int PointsUsually = 1;

    /// <summary>The stories, and whether they try something out, which may be given up when its machine restarts.</summary>
    protected static IReadOnlyDictionary<string, bool> All { get; } = new Dictionary<string, bool>
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

    internal Theatre Theatre { get; } = theatre;

    protected static IEnumerable<int> Points(string name, IReadOnlyList<string> activities) =>
        Sample.Of(name, [.. Enumerable.Range(0, activities.Count)], PointsUsually);

    private protected async Task<Operation> MeddleAsync(string name, int at, Func<Task> meddle)
    {
        var (ended, activities) = await TellAsync(name, at, meddle);
        var point = at < activities.Count ? activities[at] : "nothing";
        output.WriteLine($"{name}, before {point}: {ended.Kind} {ended.Status} {ended.Failure?.Code} {ended.Failure?.Message}");
        await SweepAsync();
        Assert.Empty((await Truth.OfAsync(Theatre)).Lies().Select(lie => $"before {point} ({at}): {lie}"));
        return ended;
    }

    /// <summary>How its operation ended, and all activities that there were.</summary>
    private protected async Task<(Operation Ended, IReadOnlyList<string> Activities)> TellAsync(string name, int at, Func<Task>? meddle = null)
    {
        var (activities, told) = (new List<string>(), "");
        Theatre.World.Clock.Go();
        Theatre.Product.Gate = _ => Task.CompletedTask;
        try
        {
            told = (await Story.All[name].TellAsync(Theatre.World, Theatre.Product, Theatre.Bots, () => Theatre.Product.Before = async (activity, _) =>
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
            Theatre.Product.Before = (_, _) => Task.CompletedTask;
        }

        await Theatre.Product.SettleAsync();
        return ((await Theatre.Product.Get<OperationStore>().FindAsync(Bots.Account, told, default))!, activities);
    }

    /// <summary>The machine reports, and whoever looks after it looks.</summary>
    private protected async Task SweepAsync()
    {
        var deployment = await Theatre.Product.DeploymentAsync();
        if (deployment is not { Status: DeploymentStatus.Running or DeploymentStatus.Failed, ActiveVersion: not null, Vm: { } vm })
        {
            return;
        }

        Theatre.World.Clock.Advance(TimeSpan.FromMinutes(5));
        if (Theatre.World.Machines.Tenants.ContainsKey(VmGateway.ResourceName(vm)))
        {
            await Bots.BeatAsync(Theatre.Product, vm);
        }

        await Theatre.Product.EndAsync(await Theatre.Product.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(Recover), new RecoverInput(Tier.Shared, vm, [new(deployment.Account, deployment.Id)])));
        await Theatre.Product.SettleAsync();
    }
}
