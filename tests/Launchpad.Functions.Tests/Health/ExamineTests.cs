using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;

namespace Launchpad.Functions.Tests.Health;

/// <summary>What heartbeat, SSH and the public address together amount to, and what is done about it.</summary>
[Collection(OnOnePlane.Name)]
public sealed class ExamineTests(Plane plane)
{
    [Fact]
    public async Task Heartbeat_and_ssh_together_find_a_bot_down()
    {
        var vm = await plane.MachineAsync();
        var (down, up) = (await plane.BotAsync(vm.Id), await plane.BotAsync(vm.Id));
        await plane.BeatAsync(vm.Id, plane.Dead(down), plane.Well(up));
        await plane.AnswerAsync(plane.Dead(down), plane.Well(up));
        var found = await plane.ExamineAsync(vm.Id, down, up);
        Assert.Equal(down.Id, Assert.Single(found.Down).Deployment);
        Assert.Equal(VerdictKind.Down, (await ConditionAsync(down))!.Verdict.Kind);
        Assert.Contains("exit code 1", (await ConditionAsync(down))!.Said, StringComparison.Ordinal);
        var looks = (await ConditionAsync(down))!.Looks!;
        Assert.Equal((Sight.Down, Sight.Down), (looks.Heartbeat.Sight, looks.Ssh.Sight));
        Assert.Contains("exit code 1", looks.Ssh.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task One_of_them_alone_changes_nothing(bool heartbeatSaysUp, bool sshSaysUp)
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.BeatAsync(vm.Id, heartbeatSaysUp ? plane.Well(bot) : plane.Dead(bot));
        await plane.AnswerAsync(sshSaysUp ? plane.Well(bot) : plane.Dead(bot));
        var found = await plane.ExamineAsync(vm.Id, bot);
        Assert.Empty(found.Down);
        Assert.False(found.Lost);
        Assert.Equal(VerdictKind.Unknown, (await ConditionAsync(bot))!.Verdict.Kind);
        Assert.Equal(DeploymentStatus.Running, (await plane.ReadAsync(bot)).Status);
    }

    [Fact]
    public async Task A_bot_that_its_machine_sees_and_others_do_not_is_shown_as_a_problem_of_theirs()
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.BeatAsync(vm.Id, plane.Well(bot));
        await plane.AnswerAsync(null);
        var found = await plane.ExamineAsync(vm.Id, bot);
        Assert.Empty(found.Down);
        Assert.Equal(
            new Verdict(VerdictKind.ObserverProblem, Observers.Ssh | Observers.Outside), (await ConditionAsync(bot))!.Verdict);
        Assert.Equal(DeploymentStatus.Running, (await plane.ReadAsync(bot)).Status);
    }

    [Theory]
    [InlineData(true, 200, VerdictKind.Up)]
    [InlineData(true, 502, VerdictKind.ObserverProblem)]
    [InlineData(false, 502, VerdictKind.Down)]
    [InlineData(false, 200, VerdictKind.Unknown)]
    public async Task The_public_address_is_the_third_to_say(bool heartbeatSaysUp, int status, VerdictKind expected)
    {
        var vm = await plane.MachineAsync();
        var bot = await plane.BotAsync(vm.Id);
        await plane.BeatAsync(vm.Id, heartbeatSaysUp ? plane.Well(bot) : plane.Dead(bot));
        plane.Outside(bot, status);
        await plane.AnswerAsync(expected is VerdictKind.Up or VerdictKind.ObserverProblem ? [plane.Well(bot)] : null);
        var found = await plane.ExamineAsync(vm.Id, bot);
        Assert.Equal(expected is VerdictKind.Down, found.Down.Count == 1);
        var condition = await ConditionAsync(bot);
        Assert.Equal(expected, condition?.Verdict.Kind ?? VerdictKind.Up);
        Assert.Equal(
            expected is VerdictKind.ObserverProblem ? Observers.Outside : Observers.None, condition?.Verdict.Which ?? Observers.None);
    }

    private Task<Condition?> ConditionAsync(Deployment bot) => plane.Get<ConditionStore>().FindAsync(bot.Account, bot.Id, default);
}
