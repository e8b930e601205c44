using Launchpad.Shared.Health;

namespace Launchpad.Shared.Tests.Health;

/// <summary>A bot that keeps falling over, minute by minute.</summary>
public sealed class CareTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Verdict Down = new(VerdictKind.Down);
    private static readonly Verdict Up = new(VerdictKind.Up);

    [Fact]
    public void Restarts_come_at_once_and_then_after_1_2_4_and_8_minutes_and_then_a_person_is_called()
    {
        var condition = Condition.New("acc", "dep", Start).Seen(Down, "", Start);
        var restarted = new List<int>();
        var minute = 0;
        for (; Care.Next(condition, Start.AddMinutes(minute)) is not CareKind.GiveUp; minute++)
        {
            var now = Start.AddMinutes(minute);
            if (Care.Next(condition, now) is CareKind.Restart)
            {
                condition = condition.Restarted($"op_{minute}", now).Seen(Down, "", now);
                restarted.Add(minute);
            }

            Assert.True(minute < 60);
        }

        Assert.Equal([0, 1, 3, 7, 15], restarted);
        Assert.Equal(CareKind.Wait, Care.Next(condition with { GivenUp = "no" }, Start.AddDays(1)));
    }

    [Fact]
    public void The_same_restart_counts_once()
    {
        var once = Condition.New("acc", "dep", Start).Restarted("op_1", Start);
        Assert.Equal(1, once.Restarted("op_1", Start.AddMinutes(1)).Restarts);
        Assert.Equal(2, once.Restarted("op_2", Start.AddMinutes(1)).Restarts);
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public void Restarts_are_forgotten_after_half_an_hour_of_health(int minutes, bool forgotten)
    {
        var well = Condition.New("acc", "dep", Start).Restarted("op_1", Start).Seen(Up, "", Start);
        var later = well.Seen(Up, "", Start.AddMinutes(minutes));
        Assert.Equal(forgotten, later.IsOver(Start.AddMinutes(minutes)));
    }

    [Fact]
    public void Health_that_was_interrupted_starts_anew()
    {
        var now = Start.AddMinutes(20);
        var well = Condition.New("acc", "dep", Start).Restarted("op_1", Start).Seen(Up, "", Start);
        var condition = well.Seen(Down, "", now).Seen(Up, "", now);
        Assert.False(condition.IsOver(Start.AddMinutes(31)));
        Assert.Equal(now, condition.UpSince);
    }

    [Fact]
    public void Not_knowing_neither_ends_health_nor_begins_it()
    {
        var unknown = new Verdict(VerdictKind.Unknown);
        var well = Condition.New("acc", "dep", Start);
        Assert.Equal(Start, well.Seen(unknown, "", Start.AddMinutes(1)).UpSince);
        Assert.Null(well.Seen(Down, "", Start).Seen(unknown, "", Start.AddMinutes(1)).UpSince);
    }

    [Fact]
    public void A_bot_that_was_given_up_is_trusted_again_after_two_minutes_and_its_restarts_still_count()
    {
        var lost = Condition.New("acc", "dep", Start) with { Restarts = 5, GivenUp = "no", UpSince = null, Verdict = Down };
        var back = lost.Seen(Up, "", Start);
        Assert.False(back.HasRecovered(Start.AddSeconds(119)));
        Assert.True(back.HasRecovered(Start.AddMinutes(2)));
        Assert.Equal(CareKind.GiveUp, Care.Next(back with { GivenUp = null }, Start.AddMinutes(3)));
    }

    [Fact]
    public void Nothing_is_forgotten_that_is_still_so()
    {
        var late = Start.AddDays(1);
        var well = Condition.New("acc", "dep", Start);
        Assert.True(well.IsOver(late));
        Assert.False((well with { Drift = "0f" }).IsOver(late));
        Assert.False((well with { GivenUp = "no" }).IsOver(late));
        Assert.False(well.Seen(new(VerdictKind.ObserverProblem, Observers.Outside), "", late).IsOver(late.AddDays(1)));
    }
}
