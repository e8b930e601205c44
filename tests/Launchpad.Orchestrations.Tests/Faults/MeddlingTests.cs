using Launchpad.Functions;
using Launchpad.Functions.Access;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Vms;
using Xunit.Abstractions;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>Something else happens before an activity of a saga, whichever that is. When all is quiet again everybody says the same of the bot.
/// </summary>
public sealed class MeddlingTests(Theatre theatre, ITestOutputHelper output) : Meddling(theatre, output)
{
    /// <summary>What looks at a bot that was brought up; before these machines always restart.</summary>
    private static readonly string[] Watches = ["CheckBot", "HoldReady", "CheckCandidate", "AskCandidate", "ReturnBot"];

    public static TheoryData<string> Restarted =>
        [.. Sample.Of(nameof(Restarted), [.. All.Keys], 1).Union(["Provision", "Rollout that goes back", "Drill"])];

    public static TheoryData<string> Cancelled => [.. Sample.Of(nameof(Cancelled), [.. All.Keys], 2)];

    public static TheoryData<string> Deleted => [.. Sample.Of(nameof(Deleted), [.. All.Keys.Where(name => name != "Terminate")], 2)];

    public static TheoryData<string> Drained => [.. Sample.Of(nameof(Drained), [.. All.Keys], 1)];

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
                Theatre.World.Machines.RestartAll();
                return Task.CompletedTask;
            });
            var isGivenUp = All[name] && ended.Failure?.Code is "machine-restarted" or "secrets-missing";
            Assert.True(isGivenUp || (ended.Status, ended.Failure?.Code) == (usual.Status, usual.Failure?.Code), $"{at}: {ended.Failure}");
            Assert.DoesNotContain(await Theatre.Product.Get<Pager>().OpenAsync(default), page => page.Kind is PageKind.DrillFailed or PageKind.CrashLoop);
        }
    }

    /// <summary>Somebody is called all the same.</summary>
    [Fact]
    public async Task A_machine_that_keeps_restarting_brings_no_older_version_back()
    {
        await (await Theatre.Bots.UpgradedAsync()).RestoreAsync(Theatre.World);
        await Theatre.Product.ForgetAsync();
        Theatre.World.Clock.Go();
        var before = await Theatre.Product.DeploymentAsync();
        for (var restart = 0; restart < Care.RestartsMax; restart++)
        {
            await Theatre.Product.Get<ConditionStore>().ChangeAsync(
                Bots.Account, Bots.Deployment,
                now => now.Seen(new(VerdictKind.Down), "down", Theatre.World.Clock.GetUtcNow()).Restarted($"op_{restart}", Theatre.World.Clock.GetUtcNow()),
                default);
        }

        Theatre.World.Machines.RestartAll();
        await SweepAsync();
        var after = await Theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Failed, 2, 2), (after.Status, before.ActiveVersion!.Value, after.ActiveVersion!.Value));
        var page = Assert.Single(await Theatre.Product.Get<Pager>().OpenAsync(default), open => open.Kind is PageKind.CrashLoop);
        Assert.Contains("Its machine restarted", page.Reason, StringComparison.Ordinal);
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
                await Theatre.Product.Get<OperationStarter>().BeginAsync(
                    Theatre.Product.Client, await Theatre.Product.DeploymentAsync(), OperationKind.Terminate, new Unbound(Bots.Account),
                    DeletionRequest.AtOnce, default);
            });
            Assert.Equal(isDeleted, (await Theatre.Product.DeploymentAsync()).Status is DeploymentStatus.Terminated);
        }
    }

    /// <summary>Its bots move when nothing else goes on with them.</summary>
    [Theory]
    [MemberData(nameof(Drained))]
    public async Task A_machine_that_is_to_be_empty_gets_empty_whatever_goes_on_with_its_bots(string name)
    {
        var (usual, activities) = await TellAsync(name, at: -1);
        foreach (var at in Points(name, activities))
        {
            string? vm = null;
            var ended = await MeddleAsync(name, at, async () =>
            {
                vm = (await Theatre.Product.DeploymentAsync()).Vm;
                await Theatre.Product.Get<VmStore>().WishAsync(vm ?? "", VmWish.Drain, default);
                await DrainAsync();
            });
            Assert.True((ended.Status, ended.Failure?.Code) == (usual.Status, usual.Failure?.Code), $"{at}: {ended.Failure}");
            for (var round = 0; round < 5 && await IsThereAsync(vm); round++)
            {
                Theatre.World.Clock.Advance(TimeSpan.FromMinutes(16));
                await DrainAsync();
                await Theatre.Product.SettleAsync();
            }

            Assert.False(await IsThereAsync(vm), $"{at}: {vm} is still there");
            Assert.Empty((await Truth.OfAsync(Theatre)).Lies().Select(lie => $"drained before {at}: {lie}"));
        }
    }

    private Task DrainAsync() => Theatre.Product.Make<MachineDrains>().Drain(new(), Theatre.Product.Client, default);

    private async Task<bool> IsThereAsync(string? vm) => vm is not null && await Theatre.Product.Get<VmStore>().FindAsync(vm, default) is not null;

    private static IEnumerable<int> At(IReadOnlyList<string> activities, Func<string, bool> isOne) =>
        Enumerable.Range(0, activities.Count).Where(at => isOne(activities[at]));

    /// <summary>As the customer's request does it, where it can be.</summary>
    private Task CancelAsync() => Theatre.Product.Get<DeploymentStore>().ChangeAsync(
        Bots.Account, Bots.Deployment,
        now => now.Operation is { } going && going.Kind.Definition().IfCancelled(new([])) is not null
            ? now with { Operation = going with { Cancelled = true } }
            : null, default);
}
