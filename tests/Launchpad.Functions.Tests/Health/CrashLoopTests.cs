using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Health;

/// <summary>A bot that keeps falling over, until somebody is called, and until it is well again.</summary>
[Collection(OnOnePlane.Name)]
public sealed class CrashLoopTests(Plane plane)
{
    [Fact]
    public async Task A_bot_that_does_not_stay_up_is_restarted_five_times_and_then_a_person_is_called_once()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.AnswerAsync(plane.Dead(bot));
        var restarts = 0;
        for (var sweep = 0; sweep < 40; sweep++, plane.Clock.Now += TimeSpan.FromMinutes(1))
        {
            await plane.BeatAsync(vm.Id, plane.Dead(bot));
            if (!await IsSuspectAsync(vm))
            {
                break;
            }

            Assert.Single((await plane.ExamineAsync(vm.Id, bot)).Down);
            restarts += await TendAsync(bot, comesUp: false) ? 1 : 0;
        }

        Assert.Equal(Care.RestartsMax, restarts);
        Assert.False(await IsSuspectAsync(vm));
        Assert.Equal(DeploymentStatus.Failed, (await plane.ReadAsync(bot)).Status);
        Assert.StartsWith("Restarted 5 times", (await ConditionAsync(bot))!.GivenUp, StringComparison.Ordinal);
        var told = Assert.Single(plane.Told, page => page.GetProperty("deployment").GetString() == bot.Id);
        Assert.Equal("crash-loop", told.GetProperty("kind").GetString());
        Assert.Equal("https://runbooks.example/crash-loop.md", told.GetProperty("runbook").GetString());

        await ComesBackByItselfAsync(vm, bot);
    }

    [Fact]
    public async Task The_same_restart_taken_twice_counts_once_and_a_busy_bot_is_not_taken()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.BeatAsync(vm.Id, plane.Dead(bot));
        await plane.AnswerAsync(plane.Dead(bot));
        await plane.ExamineAsync(vm.Id, bot);
        var care = plane.Make<RecoverActivities>();
        var once = await care.TakeCareOf(new("op_once" + bot.Id, bot.Account, bot.Id), default);
        var again = await care.TakeCareOf(new("op_once" + bot.Id, bot.Account, bot.Id), default);
        Assert.Equal(once.Restart!.ToString(), again.Restart!.ToString());
        Assert.Equal(1, (await ConditionAsync(bot))!.Restarts);
        Assert.Null((await care.TakeCareOf(new("op_other", bot.Account, bot.Id), default)).Restart);
    }

    [Fact]
    public async Task A_version_that_keeps_ending_gives_way_to_the_one_before_it_and_is_not_gone_back_to()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        var versions = plane.Get<ConfigVersionStore>();
        var first = await versions.GetAsync(bot.Id, 1, default);
        var second = first with { Number = 2, State = first.State with { Settings = new("another-model", null, false) } };
        Assert.True(await versions.TryAddAsync(second, default));
        await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now with { ActiveVersion = 2, LastKnownGood = 2, PreviousGood = 1 }, default);

        var input = new OperationTarget("op_back" + bot.Id, bot.Account, bot.Id);
        var care = plane.Make<RecoverActivities>();
        var taken = await care.TakeForRollback(input, default);
        Assert.Equal(taken!.ToString(), (await care.TakeForRollback(input, default))!.ToString());
        Assert.Equal(DeploymentStatus.Updating, (await plane.ReadAsync(bot)).Status);
        Assert.Null(await care.TakeForRollback(input with { Operation = "op_other" + bot.Id }, default));

        for (var time = 0; time < 2; time++)
        {
            await plane.Get<Endings>().SucceedAsync(input, DeploymentStatus.Running, 1, default);
            Assert.True(await plane.Get<Closing>().CloseAsync(input, default));
        }

        var back = await plane.ReadAsync(bot);
        Assert.Equal((DeploymentStatus.Running, 1, null), (back.Status, back.ActiveVersion, back.PreviousGood));
        var bad = await versions.GetAsync(bot.Id, 2, default);
        Assert.Equal((ConfigVersionStatus.Failed, "It kept ending."), (bad.Status, bad.Failure));
        Assert.Null(await care.TakeForRollback(input with { Operation = "op_again" + bot.Id }, default));
    }

    private async Task ComesBackByItselfAsync(Vm vm, Deployment bot)
    {
        plane.Clock.Now += TimeSpan.FromSeconds(30);
        await plane.AnswerAsync(plane.Well(bot));
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        Assert.True(await IsSuspectAsync(vm));
        Assert.Single((await plane.ExamineAsync(vm.Id, bot)).Back);
        Assert.True(await TendAsync(bot, comesUp: true));
        Assert.Equal(DeploymentStatus.Running, (await plane.ReadAsync(bot)).Status);
        Assert.Contains(await plane.Get<Pager>().OpenAsync(default), page => page.Subject == bot.Id);

        plane.Clock.Now += Condition.TrustedAfter;
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        await plane.ExamineAsync(vm.Id, bot);
        Assert.DoesNotContain(await plane.Get<Pager>().OpenAsync(default), page => page.Subject == bot.Id);
        Assert.Equal(
            ["raised", "resolved"],
            plane.Told.Where(page => page.GetProperty("deployment").GetString() == bot.Id)
                .Select(page => page.GetProperty("status").GetString()));
        Assert.Null((await ConditionAsync(bot))!.GivenUp);
    }

    /// <summary>What the saga does about one bot; true when it restarted it.</summary>
    private async Task<bool> TendAsync(Deployment bot, bool comesUp)
    {
        var care = plane.Make<RecoverActivities>();
        var operation = $"op_{bot.Id}_{plane.Clock.Now.UtcTicks}";
        var taken = await care.TakeCareOf(new(operation, bot.Account, bot.Id), default);
        if (taken.Kind is CareKind.GiveUp)
        {
            await plane.Make<GiveUpActivities>().GiveUp(new(bot.Account, bot.Id), default);
            await plane.Make<GiveUpActivities>().GiveUp(new(bot.Account, bot.Id), default);
        }

        if (taken.Restart is null)
        {
            return false;
        }

        Assert.Equal(DeploymentStatus.Restarting, (await plane.ReadAsync(bot)).Status);
        await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id,
            now => now.To(comesUp ? DeploymentStatus.Running : DeploymentStatus.Failed) with { Operation = null }, default);
        return true;
    }

    private async Task<bool> IsSuspectAsync(Vm vm) => (await plane.SweepAsync()).Any(suspect => suspect.Vm == vm.Id);

    private Task<Condition?> ConditionAsync(Deployment bot) => plane.Get<ConditionStore>().FindAsync(bot.Account, bot.Id, default);
}
