using Launchpad.Functions.Staff;
using Launchpad.Functions.Tests.Health;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>What is stuck, by the clock.</summary>
[Collection(OnOnePlane.Name)]
public sealed class StaffStuckTests(Plane plane)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task What_takes_three_times_as_long_as_usual_is_slow()
    {
        await plane.Get<OperationStore>().Usual.LearnAsync(
            OperationKind.Drill, [new(Steps.Backup.Name, "Back the bot up", StepStatus.Done, 1, plane.Clock.Now, 60_000, null, null)], Ct);
        var usual = (await StuckAsync(await HeldAsync(OperationKind.Drill, TimeSpan.Zero))).UsualMs!.Value;
        var patience = TimeSpan.FromMilliseconds(Math.Max(3 * usual, 120_000));
        Assert.Null((await StuckAsync(await HeldAsync(OperationKind.Drill, patience - TimeSpan.FromSeconds(1)))).Stuck);
        Assert.Equal("slow", (await StuckAsync(await HeldAsync(OperationKind.Drill, patience + TimeSpan.FromSeconds(1)))).Stuck);
    }

    [Fact]
    public async Task What_is_short_surprises_nobody_and_a_deadline_always_counts()
    {
        Assert.Null((await StuckAsync(await HeldAsync(OperationKind.Replace, TimeSpan.FromMinutes(1)))).Stuck);
        Assert.Equal("past-deadline", (await StuckAsync(await HeldAsync(OperationKind.Replace, TimeSpan.FromMinutes(61)))).Stuck);
    }

    [Fact]
    public async Task What_has_ended_and_is_not_closed_is_stuck_after_a_while()
    {
        var (bot, operation) = await HeldAsync(OperationKind.Replace, TimeSpan.Zero);
        var ended = await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now.Ended(succeeded: true, plane.Clock.Now, now), Ct);
        Assert.Null((await StuckAsync((ended, operation))).Stuck);
        plane.Clock.Now += TimeSpan.FromMinutes(6);
        Assert.Equal("not-closed", (await StuckAsync((ended, operation))).Stuck);
        Assert.Contains(
            await AllAsync(), view => view.Id == operation && view is { Stuck: "not-closed", Retryable: true, Cancellable: false });
    }

    [Fact]
    public async Task What_leads_to_what_has_not_failed_after_all_goes()
    {
        var (bot, operation) = await HeldAsync(OperationKind.Replace, TimeSpan.Zero);
        var (operations, failures) = (plane.Get<OperationStore>(), plane.Get<OperationStore>().Failures);
        await failures.AddAsync((await operations.FindAsync(bot.Account, operation, Ct))! with { FinishedAt = plane.Clock.Now }, Ct);
        Assert.DoesNotContain((await FailedAsync()).Operations, view => view.Id == operation);
        Assert.DoesNotContain(await failures.PageAsync("", 1_000, Ct), row => FailureIndex.Of(row).Operation == operation);
    }

    /// <summary>What the saga was begun with says that there is no time left; who looks for it knows better.</summary>
    [Fact]
    public async Task What_waits_for_a_machine_is_not_given_up_as_long_as_it_has_more_time()
    {
        var (bot, operation) = await HeldAsync(OperationKind.Provision, TimeSpan.FromMinutes(61));
        var vm = await plane.Get<VmStore>().ChangeAsync(Tier.Shared, bot.Vm!, now => now with { Status = VmStatus.Creating }, Ct);
        var last = new AwaitVmInput(
            operation, bot.Account, bot.Id, Tier.Shared, vm.Id, plane.Clock.Now.UtcDateTime, Last: true, LastPlace: false);
        var found = await plane.Get<OperationStore>().FindAsync(bot.Account, operation, Ct);
        await plane.Get<StaffCare>().ExtendAsync(found!, TimeSpan.FromMinutes(5), Ct);
        Assert.Null((await StuckAsync((await plane.ReadAsync(bot), operation))).Stuck);
        Assert.Equal(VmProgress.Waiting, await plane.Make<AwaitVmActivities>().AwaitBoot(last, Ct));

        plane.Clock.Now += TimeSpan.FromMinutes(6);
        var late = await Assert.ThrowsAsync<PermanentException>(() => plane.Make<AwaitVmActivities>().AwaitBoot(last, Ct));
        Assert.Equal(VmNews.NeverReady, late.Code);
    }

    private Task<StaffOperationsView> FailedAsync() => plane.Get<StaffOperationFinder>().FailedAsync(null, _ => true, Ct);

    private async Task<List<StaffOperationView>> AllAsync()
    {
        var (all, cursor) = (new List<StaffOperationView>(), (string?)null);
        do
        {
            var page = await plane.Get<StaffOperationFinder>().GoingAsync(cursor, _ => true, Ct);
            all.AddRange(page.Operations);
            cursor = page.Cursor;
        }
        while (cursor is not null);

        Assert.Equal(all.Select(view => view.Deployment).Distinct(), all.Select(view => view.Deployment));
        return all;
    }

    private async Task<(string? Stuck, long? UsualMs)> StuckAsync((Deployment Bot, string Operation) held)
    {
        var view = await plane.Get<StaffOperationViews>().OfAsync(held.Bot, held.Operation, Ct);
        return (view!.Stuck, view.UsualMs);
    }

    /// <summary>A bot in the hands of an operation that was begun so long ago, and has an hour.</summary>
    private async Task<(Deployment Bot, string Operation)> HeldAsync(OperationKind kind, TimeSpan ago)
    {
        var bot = await plane.BotAsync((await plane.MachineAsync()).Id);
        var (id, begun) = (Shared.Ids.New(Shared.Ids.Operation, TimeProvider.System), plane.Clock.Now - ago);
        await plane.Get<OperationStore>().AddAsync(
            new(id, bot.Account, bot.Id, kind, OperationStatus.Accepted, bot.Account, begun, begun + TimeSpan.FromHours(1)), Ct);
        return (await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now with { Operation = new(id, kind, begun, bot.Account) }, Ct), id);
    }
}
