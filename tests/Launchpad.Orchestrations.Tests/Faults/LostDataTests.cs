using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>A bot whose machine went with its data starts with what there is of them in backups, or not at all.</summary>
public sealed class LostDataTests(Theatre theatre) : IClassFixture<Theatre>
{
    private const string Knowledge = "what it knew";

    [Fact]
    public async Task What_could_not_be_brought_back_is_not_started_without_it_and_is_brought_by_the_next_sweep()
    {
        await SetAsync(() => theatre.Bots.BackedUpAsync());
        await TakeBackupAsync();
        await theatre.Bots.LoseAsync();
        theatre.World.Wire.Begin((call, _) =>
            call is { Service: "machine", Method: "job" } && call.Path.Contains($"-{Steps.Restore.Name}-", StringComparison.Ordinal) ? Blow.Refused : Blow.None);
        await RecoverAsync();
        theatre.World.Wire.Begin();
        var left = await theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Failed, true), (left.Status, left.NeedsData));
        Assert.Contains("machine was lost", OperationKind.Restart.Definition().Refuse(left), StringComparison.Ordinal);
        Assert.All(
            [OperationKind.Update, OperationKind.Rollback, OperationKind.Backup, OperationKind.Move],
            kind => Assert.NotNull(kind.Definition().Refuse(left)));

        // Its new machine is well, and tells that nothing of it is there.
        theatre.World.Clock.Advance(TimeSpan.FromMinutes(20));
        await Bots.BeatAsync(theatre.Product, left.Vm!);
        await RecoverAsync();
        await ThereAsync(left.Vm!);
    }

    [Fact]
    public async Task What_was_stopped_when_its_machine_was_lost_is_named_and_comes_back_when_it_is_resumed()
    {
        await SetAsync(() => theatre.Bots.RunningAsync("starter"));
        await TakeBackupAsync();
        await theatre.Bots.DoAsync(OperationKind.Suspend);
        await theatre.Bots.LoseAsync();
        await RecoverAsync();
        var left = await theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Suspended, true), (left.Status, left.NeedsData));

        theatre.World.Wire.Begin((call, _) =>
            call is { Service: "machine", Method: "job" } && call.Path.Contains($"-{Steps.Restore.Name}-", StringComparison.Ordinal) ? Blow.Refused : Blow.None);
        await theatre.Product.EndAsync(await theatre.Product.BeginAsync(OperationKind.Resume));
        await theatre.Product.SettleAsync();
        theatre.World.Wire.Begin();
        Assert.Equal(DeploymentStatus.Suspended, (await theatre.Product.DeploymentAsync()).Status);

        await theatre.Bots.DoAsync(OperationKind.Resume);
        await theatre.Product.SettleAsync();
        await ThereAsync((await theatre.Product.DeploymentAsync()).Vm!);
    }

    [Fact]
    public async Task The_machine_that_is_lost_tells_of_all_that_it_had()
    {
        await SetAsync(() => theatre.Bots.SuspendedAsync());
        var vm = (await theatre.Product.DeploymentAsync()).Vm!;
        await theatre.Bots.LoseAsync();
        await theatre.Product.RunAsync("CondemnVm", System.Text.Json.JsonSerializer.SerializeToElement(new RecoverInput(Tier.Shared, vm, [])));
        var page = Assert.Single(await theatre.Product.Get<Pager>().OpenAsync(default), open => open.Kind is PageKind.MachineLost);
        Assert.Contains(Bots.Deployment, page.Reason, StringComparison.Ordinal);
    }

    /// <summary>A refused change does not bring it up.</summary>
    [Fact]
    public async Task A_bot_that_was_given_up_is_still_down_after_a_change_that_was_not_made()
    {
        await SetAsync(() => theatre.Bots.DownAsync(restarts: 5));
        await Bots.BeatAsync(theatre.Product, (await theatre.Product.DeploymentAsync()).Vm!);
        await RecoverAsync();
        Assert.Equal(DeploymentStatus.Failed, (await theatre.Product.DeploymentAsync()).Status);

        theatre.Product.Before = (activity, _) => activity == "DraftVersion"
            ? theatre.Product.Get<DeploymentStore>().ChangeAsync(
                Bots.Account, Bots.Deployment, now => now with { Operation = now.Operation! with { Cancelled = true } }, default)
            : Task.CompletedTask;
        await theatre.Product.EndAsync(await theatre.Product.BeginAsync(OperationKind.Upgrade, Bots.Change(tag: "1.0.1")));
        theatre.Product.Before = (_, _) => Task.CompletedTask;
        await theatre.Product.SettleAsync();
        Assert.Equal(DeploymentStatus.Failed, (await theatre.Product.DeploymentAsync()).Status);

        await theatre.Bots.DoAsync(OperationKind.Upgrade, Bots.Change(tag: "1.0.1"));
        Assert.Equal(DeploymentStatus.Running, (await theatre.Product.DeploymentAsync()).Status);
    }

    /// <summary>The machine did not answer for as long as the change tried to go back.</summary>
    [Fact]
    public async Task What_a_change_could_not_put_back_is_back_before_the_bot_starts_again()
    {
        await SetAsync(() => theatre.Bots.RunningAsync("starter"));
        await KnowAsync();
        theatre.World.IsSick = (deployment, there) => deployment == Bots.Deployment && there.Image!.EndsWith(Bots.Broken, StringComparison.Ordinal);
        theatre.World.Wire.Begin((call, _) =>
            call is { Service: "machine", Method: "job" } && call.Path.Contains($"-{Steps.ReturnData.Name}-", StringComparison.Ordinal) ? Blow.Refused : Blow.None);
        await theatre.Product.EndAsync(
            await theatre.Product.BeginAsync(OperationKind.Update, Bots.Change(tag: "broken", data: DataChoice.AsAtSwitch)));
        await theatre.Product.SettleAsync();
        theatre.World.Wire.Begin();
        var left = await theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Failed, true), (left.Status, left.OwesData));
        Assert.All(
            [OperationKind.Update, OperationKind.Rollback, OperationKind.Restore, OperationKind.Backup, OperationKind.Move],
            kind => Assert.NotNull(kind.Definition().Refuse(left)));

        await Bots.BeatAsync(theatre.Product, left.Vm!);
        theatre.World.Clock.Advance(TimeSpan.FromMinutes(20));
        await Bots.BeatAsync(theatre.Product, left.Vm!);
        await RecoverAsync();
        Assert.False((await theatre.Product.DeploymentAsync()).OwesData);
        await ThereAsync(left.Vm!);
        Assert.DoesNotContain(
            theatre.World.Machines.Tenants[VmGateway.ResourceName(left.Vm!)][Bots.Deployment].Volume!.WrittenBy,
            image => image.EndsWith(Bots.Broken, StringComparison.Ordinal));
    }

    private async Task SetAsync(Func<Task<Picture>> from)
    {
        theatre.World.Clock.Go();
        theatre.World.IsSick = (_, _) => false;
        theatre.Product.Gate = _ => Task.CompletedTask;
        await (await from()).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
    }

    /// <summary>Of what it knows. Pictures have no archives.</summary>
    private async Task TakeBackupAsync()
    {
        await KnowAsync();
        await theatre.Bots.DoAsync(OperationKind.Backup);
    }

    private async Task KnowAsync() =>
        theatre.World.Machines.Change(
            VmGateway.ResourceName((await theatre.Product.DeploymentAsync()).Vm!), Bots.Deployment, there => there with { Volume = new([Knowledge]) });

    private async Task RecoverAsync()
    {
        var bot = await theatre.Product.DeploymentAsync();
        IReadOnlyList<SweptBot> bots = bot.Status is DeploymentStatus.Suspended ? [] : [new(bot.Account, bot.Id)];
        await theatre.Product.EndAsync(await theatre.Product.Client.ScheduleNewOrchestrationInstanceAsync(
            nameof(Recover), new RecoverInput(Tier.Shared, bot.Vm!, bots)));
        await theatre.Product.SettleAsync();
    }

    /// <summary>It runs, with what its newest backup holds.</summary>
    private async Task ThereAsync(string vm)
    {
        var bot = await theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Running, false, vm), (bot.Status, bot.NeedsData, bot.Vm!));
        var there = theatre.World.Machines.Tenants[VmGateway.ResourceName(vm)][Bots.Deployment];
        Assert.True(there.Runs);
        Assert.Equal(Knowledge, there.Volume!.WrittenBy[0]);

        // Somebody was told of what is put right by now.
        Assert.DoesNotContain((await Truth.OfAsync(theatre)).Lies(), lie => !lie.Contains("says that the operator knows", StringComparison.Ordinal));
    }
}
