using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Sla;

namespace Launchpad.Shared.Tests.Sla;

public sealed class LedgerTests
{
    private const double Day = 24 * 60;
    private static readonly Month March = Month.Of(Story.First);

    [Fact]
    public void A_bot_is_up_from_its_first_run_to_its_end()
    {
        var story = new Story().Status(0, "provisioning").Status(10, "running");
        Assert.Equal((90, 0, 0, 0), story.Minutes(100));
        Assert.Equal((40, 0, 0, 0), story.Status(50, "terminated").Minutes(100));
        Assert.Empty(Ledger.Of([], Story.Minute(100)));
        Assert.Empty(Ledger.Of(new Story().Status(0, "provisioning").Status(5, "failed").Rows, Story.Minute(100)));
    }

    [Fact]
    public void An_outage_lasts_from_what_its_observers_agreed_on_until_they_see_it_again()
    {
        var story = new Story().Status(0, "running").Down(10).Up(10, 25);
        Assert.Equal((85, 0, 15, 0), story.Minutes(100));
        var incident = Ledger.Of(story.Rows, Story.Minute(100)).Single(one => one.Cause is not null);
        Assert.Equal((StretchKind.Unplanned, new Cause("down", null, "heartbeat: ended")), (incident.Kind, incident.Cause));
        Assert.Equal(new(Story.Minute(10), Story.Minute(25)), incident.Span);
    }

    [Fact]
    public void What_was_written_late_has_its_place_where_it_was_found() =>
        Assert.Equal((85, 0, 15, 0), new Story().Status(0, "running").Down(10, written: 40).Up(10, 25, written: 40).Minutes(100));

    [Fact]
    public void One_that_is_open_goes_on_until_now() => Assert.Equal((10, 0, 30, 0), new Story().Status(0, "running").Down(10).Minutes(40));

    [Fact]
    public void What_the_clock_tries_is_part_of_the_outage()
    {
        var story = new Story().Status(0, "running").Down(10)
            .Status(11, "failed", "op_1").Status(11, "restarting", "op_1").Asks(11, "op_1", "restart", "sweep")
            .Step(12, "op_1", Steps.Health, StepStatus.Done).Status(12, "running", "op_1").Ended(12, "op_1", "restart", "sweep").Up(10, 13);
        Assert.Equal((97, 0, 3, 0), story.Minutes(100));
        Assert.Equal("down", Assert.Single(Ledger.Of(story.Rows, Story.Minute(100)), one => one.Cause is not null).Cause!.Why);
    }

    [Fact]
    public void A_restart_that_somebody_asked_for_is_planned_until_the_bot_is_ready()
    {
        var story = new Story().Status(0, "running")
            .Status(10, "failed", "op_1").Status(10, "restarting", "op_1").Asks(10, "op_1", "restart")
            .Step(13, "op_1", Steps.Health, StepStatus.Done).Status(14, "running", "op_1").Ended(14, "op_1", "restart");
        Assert.Equal((97, 3, 0, 0), story.Minutes(100));
        var planned = Ledger.Of(story.Rows, Story.Minute(100)).Single(one => one.Cause is not null);
        Assert.Equal(new Cause("restart", "op_1"), planned.Cause);
    }

    [Fact]
    public void A_change_costs_what_it_takes_to_switch_and_not_what_is_tried_beside_the_bot()
    {
        var story = new Story().Status(0, "running").Status(10, "updating", "op_1").Asks(10, "op_1", "upgrade")
            .Step(10, "op_1", Steps.Candidate, StepStatus.Started).Step(15, "op_1", Steps.Candidate, StepStatus.Done)
            .Step(20, "op_1", Steps.Switch, StepStatus.Started).Step(21, "op_1", Steps.Health, StepStatus.Started)
            .Step(22, "op_1", Steps.Health, StepStatus.Done).Status(30, "running", "op_1").Ended(30, "op_1", "upgrade");
        Assert.Equal((98, 2, 0, 0), story.Minutes(100));
    }

    [Fact]
    public void One_that_is_taken_back_is_away_again_for_that_long()
    {
        var story = new Story().Status(0, "running").Status(10, "updating", "op_1").Asks(10, "op_1", "upgrade")
            .Step(20, "op_1", Steps.Switch, StepStatus.Started).Step(22, "op_1", Steps.Health, StepStatus.Done)
            .Step(30, "op_1", Steps.Hold, StepStatus.Failed).Step(30, "op_1", Steps.ReturnData, StepStatus.Started)
            .Step(31, "op_1", Steps.ReturnBot, StepStatus.Started).Step(35, "op_1", Steps.ReturnBot, StepStatus.Done)
            .Status(35, "running", "op_1").Ended(35, "op_1", "upgrade", outcome: "failed");
        Assert.Equal((93, 7, 0, 0), story.Minutes(100));
    }

    [Fact]
    public void A_change_that_leaves_it_down_is_unplanned_from_then_on()
    {
        var story = new Story().Status(0, "running").Status(10, "updating", "op_1").Asks(10, "op_1", "upgrade")
            .Step(20, "op_1", Steps.Switch, StepStatus.Started).Status(25, "failed", "op_1").Ended(25, "op_1", "upgrade", outcome: "failed");
        Assert.Equal((20, 5, 75, 0), story.Minutes(100));
    }

    [Fact]
    public void A_machine_that_is_emptied_moves_bots_by_plan_and_one_that_is_lost_does_not()
    {
        Assert.Equal((96, 4, 0, 0), Moved("move", Steps.Vacate).Minutes(100));
        Assert.Equal((96, 0, 4, 0), Moved("rollback", Steps.Switch).Minutes(100));

        static Story Moved(string kind, Step leaves) => new Story().Status(0, "running").Status(10, "updating", "op_1").Asks(10, "op_1", kind, "sweep")
            .Step(20, "op_1", leaves, StepStatus.Started).Step(24, "op_1", Steps.Health, StepStatus.Done).Status(25, "running", "op_1");
    }

    [Fact]
    public void Who_brings_back_what_was_down_has_not_planned_that()
    {
        var story = new Story().Status(0, "running").Down(10)
            .Status(20, "failed", "op_1").Status(20, "restarting", "op_1").Asks(20, "op_1", "restart")
            .Step(25, "op_1", Steps.Health, StepStatus.Done).Status(25, "running", "op_1").Up(10, 26);
        Assert.Equal((84, 0, 16, 0), story.Minutes(100));

        var given = new Story().Status(0, "running").Status(10, "failed", "op_0")
            .Status(20, "restarting", "op_1").Asks(20, "op_1", "restart").Status(25, "running", "op_1");
        Assert.Equal((85, 0, 15, 0), given.Minutes(100));

        var changed = new Story().Status(0, "running").Status(10, "failed", "op_0")
            .Status(20, "failed", "op_1").Status(20, "updating", "op_1").Asks(20, "op_1", "update")
            .Step(22, "op_1", Steps.Switch, StepStatus.Started).Step(25, "op_1", Steps.Health, StepStatus.Done).Status(25, "running", "op_1");
        Assert.Equal((85, 0, 15, 0), changed.Minutes(100));
    }

    [Fact]
    public void An_outage_that_is_found_in_the_middle_of_what_was_asked_for_is_that()
    {
        var story = new Story().Status(0, "running").Status(10, "restarting", "op_1").Asks(10, "op_1", "restart").Down(11)
            .Step(15, "op_1", Steps.Health, StepStatus.Done).Status(15, "running", "op_1").Up(11, 16);
        Assert.Equal((94, 5, 1, 0), story.Minutes(100));
    }

    [Fact]
    public void A_bot_that_is_stopped_is_neither_up_nor_down()
    {
        var story = new Story().Status(0, "running").Status(10, "suspended").Status(40, "running");
        Assert.Equal((70, 0, 0, 30), story.Minutes(100));
        Assert.Equal((10, 0, 10, 80), new Story().Status(0, "running").Down(10).Status(20, "suspended").Minutes(100));
        Assert.Null(Uptime.Of(Ledger.Of(new Story().Status(0, "running").Status(0, "suspended").Rows, Story.Minute(9)), March.Span).Percent);
    }

    [Fact]
    public void One_that_is_not_paid_for_is_not_kept() => Assert.Equal(
        (20, 0, 0, 2), new Story().Status(0, "running").Status(10, "suspended").Unpaid(12).Status(90, "running").Minutes(100));

    [Fact]
    public void An_outage_over_the_end_of_a_month_belongs_to_both()
    {
        var story = new Story().Status(0, "running").Down(31 * Day - 10).Up(31 * Day - 10, 31 * Day + 20);
        Assert.Equal(10, story.Minutes(31 * Day + 60).Unplanned);
        Assert.Equal((40, 0, 20, 0), story.Minutes(31 * Day + 60, March.Next));
    }

    [Fact]
    public void Rows_of_the_same_moment_are_taken_in_their_order_and_a_slow_clock_turns_nothing_round()
    {
        Assert.Equal((95, 0, 0, 5), new Story().Status(0, "running").Status(10, "suspended").Status(10, "running").Status(10, "suspended").Status(15, "running").Minutes(100));
        // The second row was written by somebody whose clock is three minutes behind.
        Assert.Equal((95, 0, 0, 5), new Story().Status(0, "running").Status(10, "suspended").Status(7, "running").Status(10, "suspended").Status(15, "running").Minutes(100));
    }

    [Fact]
    public void An_operation_that_ends_without_a_word_of_the_bot_leaves_nothing_behind() => Assert.Equal(
        (95, 5, 0, 0),
        new Story().Status(0, "running").Status(10, "updating", "op_1").Asks(10, "op_1", "move").Step(10, "op_1", Steps.Vacate, StepStatus.Started)
            .Ended(15, "op_1", "move", outcome: "failed").Minutes(100));

    [Fact]
    public void A_promise_is_kept_to_the_second()
    {
        var promise = UptimePromise.Usual;
        Assert.Equal([0, 0, 10, 25, 50, 0], new decimal?[] { 100, 99.5m, 99.4999m, 98.99m, 94.9m, null }.Select(promise.CreditOf));
        Assert.Equal(99.5m, new Uptime(199 * 3600, 50_000, 3600, 9_000).Percent);
        Assert.True(new Uptime(199 * 3600 - 1, 0, 3600, 0).Percent < 99.5m);
    }

    [Fact]
    public void Months_are_those_of_the_calendar_in_utc()
    {
        Assert.True(Month.TryParse("2024-02", out var leap));
        Assert.Equal(TimeSpan.FromDays(29), leap.Span.Length);
        Assert.Equal("2024-03", leap.Next.ToString());
        Assert.Equal("2026-12", Month.Of(new(2027, 1, 1, 0, 30, 0, TimeSpan.FromHours(2))).ToString());
        Assert.All(["2026-13", "2026-1", "", "2026-01-01", "9999-12", "20xx-01", null], text => Assert.False(Month.TryParse(text, out _)));
    }
}
