using Launchpad.Shared.Health;

namespace Launchpad.Shared.Tests.Health;

/// <summary>Every combination of what can be seen, held against what must never happen.</summary>
public sealed class QuorumTests
{
    public static TheoryData<Sight, Sight, Sight, MachineSight> All
    {
        get
        {
            var all = new TheoryData<Sight, Sight, Sight, MachineSight>();
            foreach (var seen in Combinations())
            {
                all.Add(seen.Heartbeat, seen.Ssh, seen.Outside, seen.Machine);
            }

            return all;
        }
    }

    [Fact]
    public void There_are_as_many_combinations_as_answers() => Assert.Equal(3 * 3 * 3 * 3, Combinations().Distinct().Count());

    [Theory]
    [MemberData(nameof(All))]
    public void A_bot_is_down_exactly_when_two_say_so(Sight heartbeat, Sight ssh, Sight outside, MachineSight machine)
    {
        var seen = new Sightings(heartbeat, ssh, outside, machine);
        var downs = new[] { heartbeat, ssh, outside }.Count(sight => sight is Sight.Down);
        Assert.Equal(downs >= 2, Quorum.Decide(seen).Kind is VerdictKind.Down);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Down_was_seen_by_someone_who_looks_at_the_process(Sight heartbeat, Sight ssh, Sight outside, MachineSight machine)
    {
        var down = Quorum.Decide(new(heartbeat, ssh, outside, machine)).Kind is VerdictKind.Down;
        Assert.True(!down || heartbeat is Sight.Down || ssh is Sight.Down);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Who_falls_silent_never_makes_a_bot_down(Sight heartbeat, Sight ssh, Sight outside, MachineSight machine)
    {
        var before = Quorum.Decide(new(heartbeat, ssh, outside, machine)).Kind;
        Sightings[] silenced =
        [
            new(Sight.Silent, ssh, outside, machine), new(heartbeat, Sight.Silent, outside, machine),
            new(heartbeat, ssh, Sight.Silent, machine),
        ];
        Assert.All(silenced, seen => Assert.True(before is VerdictKind.Down || Quorum.Decide(seen).Kind is not VerdictKind.Down));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_machine_is_lost_only_when_the_cloud_says_so_and_nobody_hears_it(
        Sight heartbeat, Sight ssh, Sight outside, MachineSight machine)
    {
        var lost = Quorum.Decide(new(heartbeat, ssh, outside, machine)).Kind is VerdictKind.VmLost;
        var isHeard = heartbeat is Sight.Up or Sight.Down || ssh is Sight.Up or Sight.Down || outside is Sight.Up;
        Assert.Equal(machine is MachineSight.Gone && !isHeard, lost);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_single_observer_that_fails_changes_nothing_and_is_named(
        Sight heartbeat, Sight ssh, Sight outside, MachineSight machine)
    {
        Sight[] sights = [heartbeat, ssh, outside];
        if (sights.Count(sight => sight is Sight.Up) != 2 || machine is MachineSight.Gone)
        {
            return;
        }

        var odd = Array.FindIndex(sights, sight => sight is not Sight.Up);
        var expected = new Verdict(VerdictKind.ObserverProblem, (Observers)(1 << odd));
        Assert.Equal(expected, Quorum.Decide(new(heartbeat, ssh, outside, machine)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Only_an_observer_problem_names_observers_and_only_those_that_do_not_see_what_is_there(
        Sight heartbeat, Sight ssh, Sight outside, MachineSight machine)
    {
        var verdict = Quorum.Decide(new(heartbeat, ssh, outside, machine));
        var blind = (Fails(heartbeat) ? Observers.Heartbeat : 0) | (Fails(ssh) ? Observers.Ssh : 0)
            | (Fails(outside) ? Observers.Outside : 0) | (machine is MachineSight.Gone ? Observers.Cloud : 0);
        Assert.Equal(verdict.Kind is VerdictKind.ObserverProblem ? blind : Observers.None, verdict.Which);
        Assert.True(verdict.Kind is not VerdictKind.Up || blind is Observers.None);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Nothing_is_up_that_nobody_sees(Sight heartbeat, Sight ssh, Sight outside, MachineSight machine)
    {
        var isUp = Quorum.Decide(new(heartbeat, ssh, outside, machine)).IsUp;
        Assert.True(!isUp || new[] { heartbeat, ssh, outside }.Contains(Sight.Up));
    }

    [Theory]
    [InlineData(Sight.Up, Sight.Silent, Sight.Silent, VerdictKind.ObserverProblem)]
    [InlineData(Sight.Up, Sight.Up, Sight.Up, VerdictKind.Up)]
    [InlineData(Sight.Down, Sight.Down, Sight.Silent, VerdictKind.Down)]
    [InlineData(Sight.Down, Sight.Silent, Sight.Down, VerdictKind.Down)]
    [InlineData(Sight.Silent, Sight.Down, Sight.Down, VerdictKind.Down)]
    [InlineData(Sight.Down, Sight.Silent, Sight.Silent, VerdictKind.Unknown)]
    [InlineData(Sight.Silent, Sight.Silent, Sight.Down, VerdictKind.Unknown)]
    [InlineData(Sight.Up, Sight.Silent, Sight.Down, VerdictKind.Unknown)]
    [InlineData(Sight.Silent, Sight.Silent, Sight.Silent, VerdictKind.Unknown)]
    [InlineData(Sight.Silent, Sight.Silent, Sight.Up, VerdictKind.ObserverProblem)]
    public void The_usual_cases_read_as_expected(Sight heartbeat, Sight ssh, Sight outside, VerdictKind expected) =>
        Assert.Equal(expected, Quorum.Decide(new(heartbeat, ssh, outside, MachineSight.There)).Kind);

    private static bool Fails(Sight sight) => sight is Sight.Silent or Sight.Down;

    private static IEnumerable<Sightings> Combinations() =>
        from heartbeat in Enum.GetValues<Sight>()
        from ssh in Enum.GetValues<Sight>()
        from outside in Enum.GetValues<Sight>()
        from machine in Enum.GetValues<MachineSight>()
        select new Sightings(heartbeat, ssh, outside, machine);
}
