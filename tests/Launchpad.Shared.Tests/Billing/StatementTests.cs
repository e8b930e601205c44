using Launchpad.Shared.Billing;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Tests.Billing;

public sealed class StatementTests
{
    private static readonly DateTimeOffset First = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Span March = new(First, First.AddMonths(1));

    [Fact]
    public void A_bot_is_kept_from_its_first_run_to_its_end_but_not_while_it_was_stopped_for_want_of_payment()
    {
        RecordRow[] rows =
        [
            Status(1, "provisioning"), Status(2, "running"), Status(5, "suspended"), Status(6, "running"), Row(10, RecordKinds.Action, new { action = "dunning", step = "reminder" }),
            Status(17, "suspended"), Row(17, RecordKinds.Action, new { action = "dunning", step = "suspended" }), Status(20, "running"),
            Row(25, RecordKinds.Step, new { step = "running" }), Status(28, "terminated"),
        ];
        Assert.Equal([new(Day(2), Day(17)), new(Day(20), Day(28))], Statement.Held(rows, Day(30)));
        Assert.Equal([new(Day(2), Day(17)), new(Day(20), Day(30))], Statement.Held(rows[..^1], Day(30)));
        Assert.Empty(Statement.Held([], Day(30)));
    }

    [Fact]
    public void Each_moment_of_the_month_counts_once()
    {
        Span[] spans = [new(Day(-5), Day(4)), new(Day(2), Day(6)), new(Day(3), Day(5)), new(Day(10), Day(12)), new(Day(29), Day(50))];
        Assert.Equal(TimeSpan.FromDays(6 + 2 + 2), Statement.Total(spans, March));
        Assert.Equal(TimeSpan.Zero, Statement.Total([new(Day(-9), Day(-2))], March));
    }

    [Fact]
    public void An_hour_is_no_difference()
    {
        Assert.True(Statement.Agree(TimeSpan.FromDays(31), TimeSpan.FromDays(31) + TimeSpan.FromHours(1)));
        Assert.False(Statement.Agree(TimeSpan.FromDays(31), TimeSpan.FromDays(24)));
    }

    private static DateTimeOffset Day(int number) => First.AddDays(number);

    private static RecordRow Status(int day, string to) => Row(day, RecordKinds.Status, new { from = "x", to });

    private static RecordRow Row(int day, string kind, object data) =>
        RecordRow.After(RecordHead.Before("dep_1"), Day(day), new(kind, "launchpad", data));
}
