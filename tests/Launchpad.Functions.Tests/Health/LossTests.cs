using System.Text.Json;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Health;

/// <summary>A machine that the cloud does not have any more.</summary>
[Collection(OnOnePlane.Name)]
public sealed class LossTests(Plane plane)
{
    [Fact]
    public async Task A_machine_is_lost_when_it_is_missed_twice_a_minute_apart()
    {
        var (vm, bot) = await SilentAsync();
        plane.LoseInCloud(vm.Id);
        Assert.False((await plane.ExamineAsync(vm.Id, bot)).Lost);
        plane.Clock.Now += TimeSpan.FromSeconds(59);
        Assert.False((await plane.ExamineAsync(vm.Id, bot)).Lost);
        plane.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.True((await plane.ExamineAsync(vm.Id, bot)).Lost);
    }

    [Fact]
    public async Task A_machine_that_is_only_silent_is_not_lost()
    {
        var (vm, bot) = await SilentAsync();
        for (var minute = 0; minute < 5; minute++, plane.Clock.Now += TimeSpan.FromMinutes(1))
        {
            var found = await plane.ExamineAsync(vm.Id, bot);
            Assert.Equal((false, 0), (found.Lost, found.Down.Count));
        }

        Assert.Equal(DeploymentStatus.Running, (await plane.ReadAsync(bot)).Status);
    }

    [Fact]
    public async Task A_machine_that_is_heard_in_between_is_missed_anew()
    {
        var (vm, bot) = await SilentAsync();
        plane.LoseInCloud(vm.Id);
        Assert.False((await plane.ExamineAsync(vm.Id, bot)).Lost);
        plane.Clock.Now += TimeSpan.FromMinutes(1);
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        Assert.False((await plane.ExamineAsync(vm.Id, bot)).Lost);
        plane.Clock.Now += TimeSpan.FromMinutes(2);
        Assert.False((await plane.ExamineAsync(vm.Id, bot)).Lost);
    }

    [Fact]
    public async Task Its_bots_leave_it_and_everybody_is_told_what_is_lost()
    {
        var (vm, bot) = await SilentAsync();
        plane.LoseInCloud(vm.Id);
        var loss = plane.Make<LossActivities>();
        await loss.CondemnVm(Plane.Input(vm.Id, bot), default);
        await loss.CondemnVm(Plane.Input(vm.Id, bot), default);
        var page = Assert.Single(plane.Told, page => page.GetProperty("vm").GetString() == vm.Id);
        Assert.Equal("machine-lost", page.GetProperty("kind").GetString());
        Assert.Contains(bot.Id, page.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("since its last backup is lost", page.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(VmStatus.Retiring, (await plane.Get<VmStore>().FindAsync(vm.Id, default))!.Status);
        await loss.CloseLoss(Plane.Input(vm.Id, bot), default);
        Assert.Contains(await plane.Get<Pager>().OpenAsync(default), open => open.Subject == vm.Id);

        var care = plane.Make<RecoverActivities>();
        var taking = new TakeForReplacementInput("op_" + bot.Id, bot.Account, bot.Id, vm.Id);
        var taken = (await care.TakeForReplacement(taking, default))!;
        Assert.Equal(taken.ToString(), (await care.TakeForReplacement(taking, default))!.ToString());
        Assert.Null(await care.TakeForReplacement(taking with { Operation = "op_other" }, default));
        var input = taken.Input.Deserialize<BotInput>()!;
        var replace = plane.Make<ReplaceActivities>();
        await replace.LeaveVm(input, default);
        Assert.DoesNotContain(bot.Id, (await plane.Get<VmStore>().FindAsync(vm.Id, default))!.Reservations.Keys);

        // A machine of its own pool with room: never the one that is lost.
        await plane.MachineAsync();
        var capacity = plane.Make<CapacityActivities>();
        var reserved = await capacity.ReserveCapacity(new(input.Operation, bot.Account, bot.Id, "vm_new"), default);
        Assert.NotEqual(vm.Id, reserved.Vm);

        await plane.Make<ReturnActivities>().RestoreVolume(new(input with { Vm = reserved.Vm }), default);
        for (var time = 0; time < 2; time++)
        {
            await plane.Get<Endings>().SucceedAsync(input, DeploymentStatus.Running, 1, default);
            Assert.True(await plane.Get<Closing>().CloseAsync(input, default));
        }

        var operation = (await plane.Get<OperationStore>().FindAsync(bot.Account, input.Operation, default))!;
        Assert.Equal((OperationKind.Replace, OperationStatus.Succeeded), (operation.Kind, operation.Status));
        Assert.Contains("since its last backup is lost", operation.Result, StringComparison.Ordinal);
        var steps = await plane.Get<OperationStore>().StepsAsync(input.Operation, default);
        Assert.Equal(["leave-vm", "reserve", "restore-data", "complete"], steps.Select(step => step.Name));
        var moved = await plane.ReadAsync(bot);
        Assert.Equal((DeploymentStatus.Running, reserved.Vm), (moved.Status, moved.Vm));

        await loss.CloseLoss(Plane.Input(vm.Id, bot), default);
        Assert.DoesNotContain(await plane.Get<Pager>().OpenAsync(default), open => open.Subject == vm.Id);
    }

    private async Task<(Vm Vm, Deployment Bot)> SilentAsync()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        await plane.AnswerAsync(null);
        plane.Clock.Now += TimeSpan.FromMinutes(2);
        return (vm, bot);
    }
}
