using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Health;

/// <summary>What is looked at closely, and what is left alone.</summary>
[Collection(OnOnePlane.Name)]
public sealed class SweepTests(Plane plane)
{
    [Fact]
    public async Task A_bot_whose_machine_says_that_all_is_well_is_left_alone()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        Assert.False(await IsSuspectAsync(vm));
    }

    [Fact]
    public async Task Every_bot_that_looks_well_is_tried_from_outside_once_in_ten_minutes_and_one_that_is_not_seen_is_found()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        var turns = new List<PlacedBot>();
        for (var minute = 0; minute < 10; minute++, plane.Clock.Now += TimeSpan.FromMinutes(1))
        {
            await plane.BeatAsync(vm.Id, plane.Well(bot));
            var swept = await plane.Get<Sweep>().RunAsync(plane.Clock.Now, default);
            turns.AddRange(swept.Turn.Where(one => one.Deployment == bot.Id));
        }

        Assert.Single(turns);
        Assert.Equal(turns, await plane.Get<PublicProbe>().UnseenAsync(turns, default));
    }

    [Fact]
    public async Task A_machine_that_tells_what_it_told_before_is_not_due_again_until_it_falls_silent()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        var well = plane.Well(bot);
        Assert.Equal(HeartbeatNews.Changed, await plane.BeatAsync(vm.Id, well));
        Assert.False(await IsSuspectAsync(vm));
        for (var beat = 0; beat < 3; beat++)
        {
            plane.Clock.Now += TimeSpan.FromSeconds(30);
            Assert.Equal(HeartbeatNews.AsBefore, await plane.BeatAsync(vm.Id, well));
            Assert.Equal(plane.Clock.Now + Observation.HeartbeatMax, await plane.DueAsync(vm.Id));
        }

        Assert.Equal(HeartbeatNews.Repeated, await plane.BeatAsync(vm.Id, well));
        plane.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(HeartbeatNews.Changed, await plane.BeatAsync(vm.Id, plane.Dead(bot)));
        Assert.Equal(plane.Clock.Now, await plane.DueAsync(vm.Id));
        Assert.True(await IsSuspectAsync(vm));
    }

    [Fact]
    public async Task What_was_told_while_an_operation_worked_on_a_bot_is_looked_at_when_it_is_free()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        var dead = plane.Dead(bot);
        await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now with { Operation = new("op_1", OperationKind.Update, plane.Clock.Now, "me") }, default);
        await plane.BeatAsync(vm.Id, dead);
        Assert.False(await IsSuspectAsync(vm));
        await plane.Get<DeploymentStore>().ChangeAsync(bot.Account, bot.Id, now => now with { Operation = null }, default);
        plane.Clock.Now += TimeSpan.FromSeconds(30);
        Assert.Equal(HeartbeatNews.Changed, await plane.BeatAsync(vm.Id, dead));
        Assert.True(await IsSuspectAsync(vm));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task A_bot_that_docker_starts_again_and_again_is_down_at_the_next_heartbeat(bool isReady, int restarts)
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        Assert.False(await IsSuspectAsync(vm));
        plane.Clock.Now += TimeSpan.FromSeconds(30);
        var fallen = plane.Well(bot) with { Ready = isReady, Restarts = restarts, StartedAt = plane.Clock.Now.AddSeconds(-5) };
        await plane.BeatAsync(vm.Id, fallen);
        await plane.AnswerAsync(fallen);
        Assert.True(await IsSuspectAsync(vm));
        Assert.Equal(bot.Id, Assert.Single((await plane.ExamineAsync(vm.Id, bot)).Down).Deployment);

        // One that stays up is not held against what it was.
        for (var beat = 0; beat < 2; beat++)
        {
            plane.Clock.Now += TimeSpan.FromSeconds(30);
            await plane.BeatAsync(vm.Id, fallen with { Ready = true });
        }

        await plane.AnswerAsync(fallen with { Ready = true });
        Assert.Empty((await plane.ExamineAsync(vm.Id, bot)).Down);
    }

    [Fact]
    public async Task A_machine_that_never_told_anything_is_looked_at_once_it_should_have()
    {
        var vm = await plane.MachineAsync();
        Assert.True(await plane.Get<VmStore>().HealAsync(vm, default));
        Assert.False(await IsSuspectAsync(vm));
        plane.Clock.Now += Watch.FirstAfter;
        Assert.True(await IsSuspectAsync(vm));
    }

    [Fact]
    public async Task A_bot_whose_machine_is_forgotten_is_found_without_it()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        await plane.Get<ConditionStore>().LoseAsync((await plane.Get<VmStore>().FindAsync(vm.Id, default))!, default);
        await plane.Get<VmStore>().RemoveAsync(Tier.Shared, vm.Id, default);
        var suspect = Assert.Single(await plane.SweepAsync(), suspect => suspect.Vm == vm.Id);
        Assert.Equal(bot.Id, Assert.Single(suspect.Bots).Deployment);
    }

    [Fact]
    public async Task What_a_machine_told_before_a_bot_was_changed_says_nothing_about_it()
    {
        var (vm, before) = (await plane.MachineAsync(), plane.Clock.Now);
        try
        {
            // The tables write their own time.
            plane.Clock.Now = DateTimeOffset.UtcNow.AddSeconds(-10);
            await plane.BeatAsync(vm.Id);
            var bot = await plane.BotAsync(vm.Id);
            plane.Clock.Now = DateTimeOffset.UtcNow;
            Assert.False(await IsSuspectAsync(vm));
            plane.Clock.Now += TimeSpan.FromSeconds(2);
            await plane.BeatAsync(vm.Id, plane.Dead(bot));
            Assert.True(await IsSuspectAsync(vm));
        }
        finally
        {
            plane.Clock.Now = before;
        }
    }

    [Fact]
    public async Task A_machine_that_falls_silent_is_looked_at_with_all_its_bots()
    {
        var vm = await plane.MachineAsync();
        var (one, other) = (await plane.BotAsync(vm.Id), await plane.BotAsync(vm.Id));
        await plane.BeatAsync(vm.Id, plane.Well(one), plane.Well(other));
        plane.Clock.Now += TimeSpan.FromSeconds(90);
        var suspect = Assert.Single(await plane.SweepAsync(), suspect => suspect.Vm == vm.Id);
        Assert.Equal([one.Id, other.Id], suspect.Bots.Select(bot => bot.Deployment).Order());
    }

    [Fact]
    public async Task Only_the_bot_that_is_not_well_is_looked_at()
    {
        var vm = await plane.MachineAsync();
        var (one, other) = (await plane.BotAsync(vm.Id), await plane.BotAsync(vm.Id));
        await plane.BeatAsync(vm.Id, plane.Well(one), plane.Dead(other));
        var suspect = Assert.Single(await plane.SweepAsync(), suspect => suspect.Vm == vm.Id);
        Assert.Equal(other.Id, Assert.Single(suspect.Bots).Deployment);
    }

    [Fact]
    public async Task Another_image_other_limits_a_changed_file_and_a_strange_container_are_looked_at()
    {
        foreach (var change in new Func<VmBot, VmBot>[]
        {
            bot => bot with { Image = Plane.Image + "0" },
            bot => bot with { Limits = Plane.Limits with { Pids = 1 } },
            bot => bot with { Files = [new("openclaw.json", "aa", "bb")] },
        })
        {
            var vm = await plane.MachineAsync();
            var bot = await plane.BotAsync(vm.Id);
            await plane.BeatAsync(vm.Id, change(plane.Well(bot)));
            Assert.True(await IsSuspectAsync(vm));
        }

        var visited = await plane.MachineAsync();
        await plane.BeatAsync(visited.Id, plane.Well(await plane.BotAsync((await plane.MachineAsync()).Id)));
        Assert.True(await IsSuspectAsync(visited));
    }

    [Fact]
    public async Task What_is_known_and_has_not_changed_is_not_looked_at_again()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        var changed = plane.Well(bot) with { Files = [new("openclaw.json", "aa", "bb")] };
        var known = Drift.Fingerprint(Drift.Compare(new(Plane.Image, Plane.Limits), changed));
        await plane.Get<ConditionStore>().ChangeAsync(bot.Account, bot.Id, now => now with { Drift = known }, default);
        await plane.BeatAsync(vm.Id, changed);
        Assert.False(await IsSuspectAsync(vm));
        plane.Clock.Now += TimeSpan.FromSeconds(1);
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        Assert.True(await IsSuspectAsync(vm));
    }

    [Fact]
    public async Task A_bot_that_was_restarted_and_is_well_is_left_alone_for_half_an_hour_and_then_forgotten()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        var store = plane.Get<ConditionStore>();
        var up = new Verdict(VerdictKind.Up);
        await store.ChangeAsync(
            bot.Account, bot.Id, now => now.Restarted("op_1", plane.Clock.Now).Seen(up, "", plane.Clock.Now), default);
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        Assert.False(await IsSuspectAsync(vm));

        plane.Clock.Now += Condition.WellAfter;
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        Assert.True(await IsSuspectAsync(vm));
        await store.ChangeAsync(bot.Account, bot.Id, now => now.Seen(up, "", plane.Clock.Now), default);
        Assert.Null(await store.FindAsync(bot.Account, bot.Id, default));
        Assert.False(await IsSuspectAsync(vm));
    }

    [Theory]
    [InlineData(OperationKind.Update, false)]
    [InlineData(OperationKind.Backup, false)]
    [InlineData(OperationKind.TestMessage, true)]
    [InlineData(OperationKind.PairBrowser, true)]
    public async Task A_bot_that_an_operation_works_on_is_its_own_and_one_that_is_only_spoken_to_is_not(OperationKind kind, bool isLookedAfter)
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.BeatAsync(vm.Id, plane.Dead(bot));
        await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now with { Operation = new("op_1", kind, plane.Clock.Now, "me") }, default);
        Assert.Equal(isLookedAfter, await IsSuspectAsync(vm));
        await plane.AnswerAsync(plane.Dead(bot));
        Assert.Equal(isLookedAfter, (await plane.ExamineAsync(vm.Id, bot)).Down.Any());
        var care = await plane.Make<RecoverActivities>().TakeCareOf(
            new(Shared.Ids.New(Shared.Ids.Operation, TimeProvider.System), bot.Account, bot.Id), default);
        Assert.Equal(isLookedAfter, care.Restart is not null);
    }

    [Theory]
    [InlineData(OperationKind.Restart, true)]
    [InlineData(OperationKind.Replace, true)]
    [InlineData(OperationKind.Terminate, false)]
    public async Task A_bot_that_failed_is_brought_back_unless_it_was_to_be_deleted(OperationKind last, bool expected)
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        var operation = new Operation(
            $"op_{bot.Id}", bot.Account, bot.Id, last, OperationStatus.Failed, "me", plane.Clock.Now, plane.Clock.Now);
        await plane.Get<OperationStore>().AddAsync(operation, default);
        await plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now.To(DeploymentStatus.Failed) with { LastOperation = operation.Id }, default);
        await plane.BeatAsync(vm.Id, plane.Dead(bot));
        Assert.Equal(expected, await IsSuspectAsync(vm));
    }

    private async Task<bool> IsSuspectAsync(Vm vm) => (await plane.SweepAsync()).Any(suspect => suspect.Vm == vm.Id);
}
