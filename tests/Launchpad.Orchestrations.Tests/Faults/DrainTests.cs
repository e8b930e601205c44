using Launchpad.Functions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>A machine that its operator wants empty.</summary>
public sealed class DrainTests(Theatre theatre) : IClassFixture<Theatre>
{
    [Theory]
    [InlineData("running", DeploymentStatus.Running)]
    [InlineData("suspended", DeploymentStatus.Suspended)]
    [InlineData("down", DeploymentStatus.Failed)]
    public async Task Its_bots_are_elsewhere_as_they_were_and_it_is_gone(string how, DeploymentStatus status)
    {
        await (await (how switch
        {
            "running" => theatre.Bots.RunningAsync("starter"),
            "suspended" => theatre.Bots.SuspendedAsync(),
            _ => FailedAsync(),
        })).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        var before = (await theatre.Product.DeploymentAsync()).Vm!;
        await DrainAsync(before);
        var move = (await theatre.Product.DeploymentAsync()).Operation!;
        Assert.Equal(OperationKind.Move, move.Kind);
        await theatre.Product.EndAsync(move.Id);
        await theatre.Product.SettleAsync();
        var after = await theatre.Product.DeploymentAsync();
        Assert.Equal((status, null), (after.Status, after.Destination));
        Assert.NotEqual(before, after.Vm);
        Assert.Null(await theatre.Product.Get<VmStore>().FindAsync(before, default));
        var there = (await Picture.OfAsync(theatre.World)).Tenants.Single(machine => !machine.Value.IsEmpty);
        Assert.Equal(VmGateway.ResourceName(after.Vm!), there.Key);
        Assert.NotNull(there.Value[Bots.Deployment].Volume);
        Assert.Equal(status is DeploymentStatus.Running, there.Value[Bots.Deployment].Runs);
    }

    [Fact]
    public async Task A_bot_that_cannot_move_stays_its_machine_says_why_and_it_is_asked_again_later()
    {
        await (await theatre.Bots.RunningAsync("starter")).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        var vm = (await theatre.Product.DeploymentAsync()).Vm!;
        theatre.World.IsSick = (deployment, _) => deployment != Bots.Deployment;
        await DrainAsync(vm);
        var first = (await theatre.Product.DeploymentAsync()).Operation!.Id;
        await theatre.Product.EndAsync(first);
        await theatre.Product.SettleAsync();
        await DrainAsync(vm);
        var stays = await theatre.Product.DeploymentAsync();
        Assert.Equal((DeploymentStatus.Running, vm, first), (stays.Status, stays.Vm, stays.LastOperation));
        Assert.Null(stays.Operation);
        var machine = (await theatre.Product.Get<VmStore>().FindAsync(vm, default))!;
        Assert.Contains($"{Bots.Deployment}: It could not move (candidate-health:", machine.Progress!.Said, StringComparison.Ordinal);

        theatre.World.IsSick = (_, _) => false;
        theatre.World.Clock.Advance(TimeSpan.FromMinutes(20));
        await DrainAsync(vm);
        await theatre.Product.EndAsync((await theatre.Product.DeploymentAsync()).Operation!.Id);
        await theatre.Product.SettleAsync();
        Assert.NotEqual(vm, (await theatre.Product.DeploymentAsync()).Vm);
    }

    [Fact]
    public async Task One_that_is_wanted_again_keeps_what_it_has_and_gets_more()
    {
        await (await theatre.Bots.RunningAsync("starter")).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        var (vms, vm) = (theatre.Product.Get<VmStore>(), (await theatre.Product.DeploymentAsync()).Vm!);
        await vms.WishAsync(vm, VmWish.Cordon, default);
        var other = await vms.ReserveAsync(
            new("acc_2", "dep_2", null), Plan.Get("starter"), "vm_01K0000000000000000000000N", _ => Task.CompletedTask, default);
        Assert.NotEqual(vm, other.Vm);
        await vms.WishAsync(vm, VmWish.Use, default);
        Assert.Equal(vm, (await vms.ReserveAsync(new("acc_2", "dep_3", null), Plan.Get("starter"), "vm_x", _ => Task.CompletedTask, default)).Vm);
        Assert.Null((await theatre.Product.DeploymentAsync()).Operation);
    }

    private async Task<Picture> FailedAsync()
    {
        await (await theatre.Bots.DownAsync(restarts: 0)).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        await theatre.Product.Get<DeploymentStore>().ChangeAsync(
            Bots.Account, Bots.Deployment, now => now.Status is DeploymentStatus.Failed ? null : now.To(DeploymentStatus.Failed), default);
        return await Picture.OfAsync(theatre.World);
    }

    private async Task DrainAsync(string vm)
    {
        await theatre.Product.Get<VmStore>().WishAsync(vm, VmWish.Drain, default);
        await theatre.Product.Make<MachineDrains>().Drain(new TimerInfo(), theatre.Product.Client, default);
    }
}
