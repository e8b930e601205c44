using Launchpad.Shared.Billing;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Records;
using Launchpad.Shared.Sla;

namespace Launchpad.Shared.Tests.Sla;

/// <summary>What is true of whatever record: the seed of one for which it is not is in the name of the test.</summary>
public sealed class LedgerPropertyTests
{
    private static readonly string[] Statuses =
        ["provisioning", "running", "updating", "failed", "restarting", "suspended", "terminated"];

    private static readonly Step[] Taken =
        [Steps.Switch, Steps.Vacate, Steps.Health, Steps.ReturnBot, Steps.ReturnData, Steps.ReturnHere, Steps.Hold, Steps.Candidate];

    public static TheoryData<int> Seeds => new(Enumerable.Range(1, 300));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_second_that_it_was_kept_is_counted_once(int seed)
    {
        var (rows, now) = Any(seed);
        var stretches = Ledger.Of(rows, now);
        var month = Month.Of(Story.First);

        Assert.All(stretches.Zip(stretches.Skip(1)), pair => Assert.True(pair.First.Span.To <= pair.Second.Span.From));
        Assert.All(stretches, one => Assert.True(one.Span.Length > TimeSpan.Zero));
        foreach (var span in new Span[] { month.Span, month.Next.Span, new(Story.First.AddDays(3), Story.First.AddDays(4)) })
        {
            var uptime = Uptime.Of(stretches, span);
            Assert.Equal(stretches.Sum(one => one.Span.Within(span).Length.Ticks), uptime.Held * TimeSpan.TicksPerSecond);
            Assert.InRange(uptime.Percent ?? 0, 0, 100);
        }

        // The days of a month are the month.
        var days = Enumerable.Range(0, 31).Select(day => Uptime.Of(stretches, new(month.From.AddDays(day), month.From.AddDays(day + 1)))).ToList();
        var whole = Uptime.Of(stretches, month.Span);
        Assert.Equal(
            (whole.Up, whole.Planned, whole.Unplanned, whole.Off),
            (days.Sum(day => day.Up), days.Sum(day => day.Planned), days.Sum(day => day.Unplanned), days.Sum(day => day.Off)));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void It_is_kept_for_as_long_as_is_billed(int seed)
    {
        var (rows, now) = Any(seed);
        var billed = Statement.Held(rows, now);
        Assert.All(Ledger.Of(rows, now), one => Assert.True(
            (one.Span.Length - TimeSpan.FromTicks(billed.Sum(span => one.Span.Within(span).Length.Ticks))).Duration() <= TimeSpan.FromSeconds(2 * billed.Count)));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_order_of_rows_and_how_often_they_come_do_not_matter(int seed)
    {
        var (rows, now) = Any(seed);
        var mixed = rows.Concat(rows.Take(rows.Count / 2)).ToArray();
        new Random(seed).Shuffle(mixed);
        Assert.Equal(Ledger.Of(rows, now), Ledger.Of(mixed, now));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_happens_later_changes_nothing_of_what_was(int seed)
    {
        var (rows, now) = Any(seed);
        var until = now < Story.Minute(600) ? now : Story.Minute(600);
        // What is found later may be written down later still, and who asked for something is known by its end.
        var known = rows.TakeWhile(row => string.CompareOrdinal(row.At, until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null)) < 0).ToList();
        var before = Ledger.Of(known, until).Sum(one => one.Span.Length.Ticks);
        var after = Ledger.Of(rows, now).Sum(one => one.Span.Within(new(Story.First, new(until.UtcTicks - (until.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero))).Length.Ticks);
        Assert.Equal(before, after);
    }

    /// <summary>Rows that may say anything, in the order of a record, some of them of the same moment.</summary>
    private static (IReadOnlyList<RecordRow> Rows, DateTimeOffset Now) Any(int seed)
    {
        var (random, story, minute) = (new Random(seed), new Story(), 0.0);
        story.Status(0, "running");
        for (var row = random.Next(5, 60); row > 0; row--)
        {
            minute += random.Next(4) == 0 ? 0 : random.NextDouble() * (random.Next(10) == 0 ? 9_000 : 30);
            var operation = $"op_{random.Next(4)}";
            _ = random.Next(8) switch
            {
                0 or 1 => story.Status(minute, Statuses[random.Next(Statuses.Length)], random.Next(3) == 0 ? null : operation),
                2 => story.Asks(minute, operation, Pick("restart", "upgrade", "move", "rollback"), Pick("acc_1", "sweep", "operator:1")),
                3 or 4 => story.Step(minute, operation, Taken[random.Next(Taken.Length)], Enum.GetValues<StepStatus>()[random.Next(3)]),
                5 => story.Ended(minute, operation, Pick("restart", "move"), Pick("acc_1", "sweep")),
                6 => story.Down(minute - random.NextDouble() * 5, minute),
                _ => story.Up(minute, minute - random.NextDouble() * 5, minute),
            };
        }

        return (story.Rows, Story.Minute(minute + random.NextDouble() * 1_000));

        string Pick(params string[] words) => words[random.Next(words.Length)];
    }
}
