using System.Diagnostics;
using System.Text.Json;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.DurableTask.Client;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Something that happens to a bot, from a state that it is in to the end of the saga that does it.</summary>
/// <param name="From">The state before.</param>
/// <param name="Begin">Starts the saga; the action it is given runs before any activity does. Returns the saga's instance.</param>
/// <param name="IsSick">What does not come up under the name of which deployment; null for nothing.</param>
internal sealed record Story(
    string Name, Func<Bots, Task<Picture>> From, Func<Product, Action?, Task<string>> Begin, Func<string, Tenant, bool>? IsSick = null)
{
    private static readonly DateTime Deadline = new(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static IReadOnlyDictionary<string, Story> All { get; } = new Story[]
    {
        new("Provision", bots => bots.OrderedAsync("starter"), Operation(OperationKind.Provision)),
        new("Provision on a machine of its own", bots => bots.OrderedAsync("dedicated"), Operation(OperationKind.Provision)),
        new("Provision of what does not start", bots => bots.OrderedAsync("starter"), Operation(OperationKind.Provision), (_, _) => true),
        new(
            "Provision of what does not start on a machine of its own", bots => bots.OrderedAsync("dedicated"),
            Operation(OperationKind.Provision), (_, _) => true),
        new("Provision of a clone", bots => bots.ClonedAsync(), Operation(OperationKind.Provision)),
        new("Preview", bots => bots.RunningAsync("starter"), Operation(OperationKind.Preview, Bots.Change(tag: "1.0.1", plan: "plus"))),
        new("Rollout", bots => bots.RunningAsync("starter"), Operation(OperationKind.Update, Bots.Change(tag: "1.0.1", plan: "plus"))),
        new(
            "Rollout whose candidate fails", bots => bots.RunningAsync("starter"), Operation(OperationKind.Upgrade, Bots.Change(tag: "broken")),
            (_, there) => IsBroken(there)),
        new(
            "Rollout that goes back", bots => bots.RunningAsync("starter"),
            Operation(OperationKind.Update, Bots.Change(tag: "broken", plan: "plus", data: DataChoice.AsAtSwitch)),
            (deployment, there) => deployment == Bots.Deployment && IsBroken(there)),
        new(
            "Rollback to the data left behind", bots => bots.UpgradedAsync(),
            Operation(OperationKind.Rollback, Bots.Change(version: 1, data: DataChoice.AsAtSwitch))),
        new("Suspend", bots => bots.RunningAsync("starter"), Operation(OperationKind.Suspend)),
        new("Resume", bots => bots.SuspendedAsync(), Operation(OperationKind.Resume)),
        new("Resume on another machine", bots => bots.SuspendedLostAsync(), Operation(OperationKind.Resume)),
        new("Resume in vain", bots => bots.SuspendedAsync(), Operation(OperationKind.Resume), (_, _) => true),
        new("Restart", bots => bots.RunningAsync("starter"), Operation(OperationKind.Restart)),
        new("Restart in vain", bots => bots.RunningAsync("starter"), Operation(OperationKind.Restart), (_, _) => true),
        new("Test message", bots => bots.RunningAsync("starter"), Operation(OperationKind.TestMessage, "Hello?")),
        new("Pair a browser", bots => bots.RunningAsync("starter"), Operation(OperationKind.PairBrowser, MachineVerbs.Browser)),
        new("Terminate", bots => bots.RunningAsync("starter"), Operation(OperationKind.Terminate)),
        new("Terminate on a machine of its own", bots => bots.RunningAsync("dedicated"), Operation(OperationKind.Terminate)),
        new("Terminate of what is suspended", bots => bots.SuspendedAsync(), Operation(OperationKind.Terminate)),
        new("Terminate on a lost machine", bots => bots.LostAsync(), Operation(OperationKind.Terminate)),
        new("Terminate taken back", bots => bots.RunningAsync("starter"), TakingBack),
        new("Terminate of a rollout", bots => bots.RunningAsync("starter"), Preempting),
        new("Recover by restart", bots => bots.DownAsync(restarts: 0), Recovery),
        new("Recover given up", bots => bots.DownAsync(restarts: 5), Recovery),
        new("Recover by an older version", bots => bots.DownAsync(restarts: 5, upgraded: true), Recovery),
        new("Recover on another machine", bots => bots.LostAsync(), Loss),
        new("Recover with a backup on another machine", bots => bots.LostAsync(backedUp: true), Loss),
        new("Backup", bots => bots.RunningAsync("starter"), Operation(OperationKind.Backup)),
        new("Backup that gives way", bots => bots.RunningAsync("starter"), GivingWay),
        new("Restore", bots => bots.BackedUpAsync(), Restoring),
        new(
            "Restore that goes back", bots => bots.BackedUpAsync(), Restoring, (deployment, _) => deployment == Bots.Deployment),
        new(
            "Restore whose candidate fails", bots => bots.BackedUpAsync(), Restoring, (deployment, _) => deployment != Bots.Deployment),
        new("Drill", bots => bots.BackedUpAsync(), Operation(OperationKind.Drill)),
        new("Drill in vain", bots => bots.BackedUpAsync(), Operation(OperationKind.Drill), (deployment, _) => deployment != Bots.Deployment),
        new("Move", bots => bots.RunningAsync("starter"), Operation(OperationKind.Move)),
        new("Move to a machine of its own", bots => bots.RunningAsync("starter"), ToDedicated),
        new(
            "Move from a machine of its own", bots => bots.RunningAsync("dedicated"),
            Operation(OperationKind.Move, Bots.Change(plan: "starter"))),
        new("Move of what is stopped", bots => bots.SuspendedAsync(), Operation(OperationKind.Move)),
        new(
            "Move whose candidate fails", bots => bots.RunningAsync("starter"), ToDedicated, (deployment, _) => deployment != Bots.Deployment),
        new(
            "Move that goes back", bots => bots.RunningAsync("starter"), ToDedicated,
            (deployment, there) => deployment == Bots.Deployment && there.MemoryMb == Plan.Get("dedicated").MemoryMb),
        new("Move cancelled at its end", bots => bots.RunningAsync("starter"), Cancelling),
        new("Terminate of a move", bots => bots.RunningAsync("starter"), (product, then) => PreemptingAsync(product, then, ToDedicated)),
        new("Dunning that is over", bots => bots.PaidAgainAsync(), (product, then) =>
        {
            then?.Invoke();
            return product.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Dunning), new DunningInput(Bots.Account, Bots.Deployment));
        }),
        new("Collect logs", bots => bots.RunningAsync("starter"), async (product, then) =>
        {
            var vm = (await product.DeploymentAsync()).Vm!;
            then?.Invoke();
            return await product.Client.ScheduleNewOrchestrationInstanceAsync(
                nameof(CollectLogs), new Activities.CollectLogsInput(Bots.Deployment, Tier.Shared, vm));
        }),
    }.ToDictionary(story => story.Name);

    public override string ToString() => Name;

    /// <summary>To its end, as far as the saga goes.</summary>
    public async Task<OrchestrationMetadata> TellAsync(World world, Product product, Bots bots, Action? then = null)
    {
        world.IsSick = (_, _) => false;
        await (await From(bots)).RestoreAsync(world);
        await product.ForgetAsync();
        world.IsSick = IsSick ?? world.IsSick;
        return await product.EndAsync(await Begin(product, then));
    }

    private static Func<Product, Action?, Task<string>> Operation(OperationKind kind, string? typed = null) =>
        (product, then) => product.BeginAsync(kind, typed, then);

    private static async Task<string> Restoring(Product product, Action? then)
    {
        var newest = (await product.Get<BackupStore>().NewestAsync(Bots.Deployment, default))!;
        return await product.BeginAsync(OperationKind.Restore, Bots.Change(backup: newest.Id), then);
    }

    /// <summary>Its owner has thought better of it before the window opens.</summary>
    private static async Task<string> TakingBack(Product product, Action? then)
    {
        var deletion = await product.BeginAsync(OperationKind.Terminate, then: then);
        await product.Get<DeploymentStore>().ChangeAsync(
            Bots.Account, Bots.Deployment,
            now => now.Operation is { Decision: null } open ? now with { Operation = open with { Decision = UndoDecision.TakenBack } } : null,
            default);
        return deletion;
    }

    private static Func<Product, Action?, Task<string>> ToDedicated => Operation(OperationKind.Move, Bots.Change(plan: "dedicated"));

    private static bool IsBroken(Tenant there) => there.Image!.EndsWith(Bots.Broken, StringComparison.Ordinal);

    /// <summary>When all that is left is its new address.</summary>
    private static async Task<string> Cancelling(Product product, Action? then)
    {
        var before = product.Gate;
        product.Gate = async name =>
        {
            await before(name);
            if (name == "RouteBot")
            {
                await product.Get<DeploymentStore>().ChangeAsync(
                    Bots.Account, Bots.Deployment, now => now.Operation is { Kind: OperationKind.Move, Cancelled: false } going
                        ? now with { Operation = going with { Cancelled = true } } : null, default);
            }
        };
        try
        {
            return await product.EndAsync(await ToDedicated(product, then)) is { InstanceId: var id } ? id : throw new UnreachableException();
        }
        finally
        {
            product.Gate = before;
        }
    }

    private static Task<string> Preempting(Product product, Action? then) =>
        PreemptingAsync(product, then, Operation(OperationKind.Upgrade, Bots.Change(tag: "1.0.1")));

    /// <summary>The clock's backup is at it when its owner wants something else.</summary>
    private static Task<string> GivingWay(Product product, Action? then) => MeanwhileAsync(
        product, then, "TakeBackup", _ => product.BeginAsync(OperationKind.Backup, nameof(BackupReason.Nightly), by: Activities.Endings.Sweep),
        OperationKind.Restart);

    /// <summary>The other operation watches its candidate.</summary>
    private static Task<string> PreemptingAsync(Product product, Action? then, Func<Product, Action?, Task<string>> other) =>
        MeanwhileAsync(product, then, "CheckCandidate", _ => other(product, null), OperationKind.Terminate);

    /// <summary>Has an operation begin while another one is at an activity.</summary>
    private static async Task<string> MeanwhileAsync(
        Product product, Action? then, string activity, Func<Product, Task<string>> other, OperationKind kind)
    {
        var isReached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goesOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = product.Gate;
        product.Gate = async name =>
        {
            if (name == activity)
            {
                isReached.TrySetResult();
                await goesOn.Task;
            }
        };
        await other(product);
        await isReached.Task;
        var begun = await product.BeginAsync(kind, then: then);
        product.Gate = before;
        goesOn.SetResult();
        return begun;
    }

    /// <summary>True when the clock begins it again as long as there is something to do.</summary>
    public bool IsBySweep => Name.StartsWith("Recover", StringComparison.Ordinal);

    private static Task<string> Loss(Product product, Action? then) => LookAsync(product, then, beats: false);

    private static Task<string> Recovery(Product product, Action? then) => LookAsync(product, then, beats: true);

    private static async Task<string> LookAsync(Product product, Action? then, bool beats)
    {
        var deployment = await product.DeploymentAsync();
        if (beats)
        {
            await Bots.BeatAsync(product, deployment.Vm!);
        }

        then?.Invoke();
        return await product.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(Recover), new RecoverInput(Tier.Shared, deployment.Vm!, [new(deployment.Account, deployment.Id)]));
    }
}
