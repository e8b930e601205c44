using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;
using Launchpad.Shared.Sla;

namespace Launchpad.Functions.Tests.Health;

/// <summary>What the ledger has of what observers saw.</summary>
[Collection(OnOnePlane.Name)]
public sealed class OutageTests(Plane plane)
{
    [Fact]
    public async Task A_bot_that_was_down_by_agreement_was_down_until_it_was_seen_again()
    {
        var vm = await plane.MachineAsync();
        var (bot, other) = (await plane.BotAsync(vm.Id), await plane.BotAsync(vm.Id));
        plane.Clock.Now += TimeSpan.FromMinutes(10);
        await SeeAsync(vm.Id, [plane.Dead(bot), plane.Well(other)], bot, other);
        plane.Clock.Now += TimeSpan.FromMinutes(4);
        await SeeAsync(vm.Id, [plane.Well(bot), plane.Well(other)], bot, other);
        plane.Clock.Now += TimeSpan.FromMinutes(6);
        await SeeAsync(vm.Id, [plane.Well(bot), plane.Well(other)], bot, other);

        var down = Assert.Single(await StretchesAsync(bot), one => one.Kind is not StretchKind.Up);
        Assert.Equal((StretchKind.Unplanned, "down", TimeSpan.FromMinutes(4)), (down.Kind, down.Cause!.Why, down.Span.Length));
        Assert.Contains("exit code 1", down.Cause.Said, StringComparison.Ordinal);
        Assert.Single(await StretchesAsync(other));
    }

    [Fact]
    public async Task Silence_and_one_witness_alone_are_no_outage()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        plane.Clock.Now += TimeSpan.FromMinutes(10);
        await plane.AnswerAsync(null);
        await plane.ExamineAsync(vm.Id, bot);
        await plane.BeatAsync(vm.Id, plane.Dead(bot));
        await plane.ExamineAsync(vm.Id, bot);
        plane.Clock.Now += TimeSpan.FromMinutes(10);

        Assert.Equal(StretchKind.Up, Assert.Single(await StretchesAsync(bot)).Kind);
    }

    [Fact]
    public async Task A_bot_that_its_owner_stops_while_it_is_looked_at_was_not_down()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.BeatAsync(vm.Id, plane.Dead(bot));
        await plane.AnswerAsync(plane.Dead(bot));
        plane.Interlude.BeforeTheSecondRead(bot.Id, () => plane.Get<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, now => now.To(DeploymentStatus.Suspended), CancellationToken.None));

        await plane.ExamineAsync(vm.Id, bot);
        plane.Clock.Now += TimeSpan.FromMinutes(1);

        Assert.True(plane.Interlude.IsOver);
        Assert.DoesNotContain(await StretchesAsync(bot), one => one.Kind is StretchKind.Unplanned);
    }

    private async Task SeeAsync(string vm, Shared.Vms.VmBot[] bots, params Deployment[] looked)
    {
        await plane.BeatAsync(vm, bots);
        await plane.AnswerAsync(bots);
        await plane.ExamineAsync(vm, looked);
    }

    private async Task<IReadOnlyList<Stretch>> StretchesAsync(Deployment bot) =>
        Ledger.Of(await plane.Get<RecordStore>().AllAsync(bot.Id, CancellationToken.None), plane.Clock.Now);
}
