using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Health;

/// <summary>What is not as it was wanted is told, never mended in silence.</summary>
[Collection(OnOnePlane.Name)]
public sealed class DriftTests(Plane plane)
{
    [Fact]
    public async Task A_difference_is_one_event_for_as_long_as_it_lasts()
    {
        var (vm, bot) = await PlacedAsync();
        var changed = plane.Well(bot) with { Files = [new("openclaw.json", "aa", "bb")] };
        await LookAsync(vm, bot, changed);
        var found = plane.Clock.Now;
        plane.Clock.Now += TimeSpan.FromMinutes(1);
        await LookAsync(vm, bot, changed);
        var open = Assert.Single(await ListAsync(bot));
        Assert.Equal(new Difference("openclaw.json", "aa", "bb"), Assert.Single(open.Differences));
        Assert.Equal((found, plane.Clock.Now, null), (open.FoundAt, open.LastSeenAt, open.ClosedAt));

        plane.Clock.Now += TimeSpan.FromMinutes(1);
        await LookAsync(vm, bot, changed with { Files = [new("openclaw.json", "aa", "cc")] });
        var both = await ListAsync(bot);
        Assert.Equal(["cc", "bb"], both.Select(drift => drift.Differences[0].Found));
        Assert.Equal([null, plane.Clock.Now], both.Select(drift => drift.ClosedAt));

        await LookAsync(vm, bot, plane.Well(bot));
        Assert.All(await ListAsync(bot), drift => Assert.NotNull(drift.ClosedAt));
    }

    [Fact]
    public async Task A_file_that_changed_is_its_owners_business_and_another_image_is_the_operators_too()
    {
        var (vm, bot) = await PlacedAsync();
        await LookAsync(vm, bot, plane.Well(bot) with { Files = [new("openclaw.json", "aa", "bb")] });
        Assert.DoesNotContain(plane.Told, page => page.GetProperty("deployment").GetString() == bot.Id);

        await LookAsync(vm, bot, plane.Well(bot) with { Image = "registry.example/other@sha256:2" });
        await LookAsync(vm, bot, plane.Well(bot) with { Image = "registry.example/other@sha256:2" });
        await LookAsync(vm, bot, plane.Well(bot));
        Assert.Equal(
            ["raised", "resolved"],
            plane.Told.Where(page => page.GetProperty("deployment").GetString() == bot.Id)
                .Select(page => page.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task A_bot_that_its_machine_lost_is_on_record_before_it_is_restarted()
    {
        var (vm, bot) = await PlacedAsync();
        await plane.BeatAsync(vm.Id);
        await plane.AnswerAsync([]);
        Assert.Single((await plane.ExamineAsync(vm.Id, bot)).Down);
        var drift = Assert.Single(await ListAsync(bot));
        Assert.Equal(new Difference("container", Plane.Image, null), Assert.Single(drift.Differences));
    }

    [Fact]
    public async Task A_container_that_belongs_to_nobody_is_found_and_left_where_it_is()
    {
        var stranger = await plane.BotAsync((await plane.MachineAsync()).Id);
        var vm = await plane.MachineAsync();
        await plane.AnswerAsync(plane.Well(stranger));
        await plane.ExamineAsync(vm.Id);
        var drift = Assert.Single(await ListAsync(stranger));
        Assert.Equal((vm.Id, new Difference("container", null, Plane.Image)), (drift.Vm, Assert.Single(drift.Differences)));

        plane.Clock.Now += TimeSpan.FromMinutes(1);
        await plane.AnswerAsync([]);
        await plane.ExamineAsync(vm.Id);
        Assert.NotNull(Assert.Single(await ListAsync(stranger)).ClosedAt);
    }

    [Fact]
    public async Task A_machine_that_does_not_answer_proves_nothing()
    {
        var (vm, bot) = await PlacedAsync();
        await plane.BeatAsync(vm.Id, plane.Well(bot) with { Image = "registry.example/other@sha256:2" });
        await plane.AnswerAsync(null);
        await plane.ExamineAsync(vm.Id, bot);
        Assert.Empty(await ListAsync(bot));
    }

    [Fact]
    public async Task What_the_webhook_does_not_take_is_told_again_until_it_does_and_then_no_more()
    {
        var (vm, bot) = await PlacedAsync();
        plane.IsOperatorAway = true;
        await LookAsync(vm, bot, plane.Well(bot) with { Image = "registry.example/other@sha256:2" });
        await plane.Get<Pager>().DeliverAllAsync(default);
        Assert.Empty(Told(bot));
        plane.IsOperatorAway = false;
        await plane.Get<Pager>().DeliverAllAsync(default);
        await plane.Get<Pager>().DeliverAllAsync(default);
        Assert.Equal(["raised"], Told(bot));

        plane.IsOperatorAway = true;
        await LookAsync(vm, bot, plane.Well(bot));
        Assert.DoesNotContain(await plane.Get<Pager>().OpenAsync(default), page => page.Subject == bot.Id);
        plane.IsOperatorAway = false;
        await plane.Get<Pager>().DeliverAllAsync(default);
        await plane.Get<Pager>().DeliverAllAsync(default);
        Assert.Equal(["raised", "resolved"], Told(bot));
    }

    [Fact]
    public async Task Of_a_bot_that_was_deleted_nothing_is_left_open()
    {
        var (vm, bot) = await PlacedAsync();
        await LookAsync(vm, bot, plane.Well(bot) with { Image = "registry.example/other@sha256:2" });
        await plane.SweepAsync();
        Assert.Contains(await plane.Get<Pager>().OpenAsync(default), page => page.Subject == bot.Id);

        await plane.Get<DeploymentStore>().ChangeAsync(bot.Account, bot.Id, now => now.To(DeploymentStatus.Terminated), default);
        await plane.SweepAsync();
        Assert.DoesNotContain(await plane.Get<Pager>().OpenAsync(default), page => page.Subject == bot.Id);
        Assert.Null(await plane.Get<ConditionStore>().FindAsync(bot.Account, bot.Id, default));
        Assert.NotNull(Assert.Single(await ListAsync(bot)).ClosedAt);
    }

    private IEnumerable<string?> Told(Deployment bot) => plane.Told
        .Where(page => page.GetProperty("deployment").GetString() == bot.Id)
        .Select(page => page.GetProperty("status").GetString());

    private async Task<(Vm, Deployment)> PlacedAsync()
    {
        var vm = await plane.MachineAsync();
        return (vm, await plane.BotAsync(vm.Id));
    }

    private async Task LookAsync(Vm vm, Deployment bot, VmBot seen)
    {
        plane.Clock.Now += TimeSpan.FromMilliseconds(1);
        await plane.BeatAsync(vm.Id, seen);
        await plane.AnswerAsync(seen);
        await plane.ExamineAsync(vm.Id, bot);
    }

    private Task<IReadOnlyList<DriftEvent>> ListAsync(Deployment bot) => plane.Get<DriftStore>().ListAsync(bot.Id, default);
}
