using Launchpad.Shared.Backups;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Tests;

/// <summary>When bots are backed up, and what of that is kept.</summary>
public sealed class BackupRuleTests
{
    private const string Bot = "dep_01K0000000000000000000000D";
    private static readonly DateTimeOffset Now = new(2026, 3, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly BackupOptions Options = new();

    [Fact]
    public void Bots_are_spread_over_the_night_and_each_has_its_own_time()
    {
        var times = Enumerable.Range(0, 1_000).Select(bot => Nights.Next($"dep_{bot}", Now).TimeOfDay.TotalHours).ToList();
        Assert.All(times, hour => Assert.InRange(hour, 3, 7));
        foreach (var hour in Enumerable.Range(3, 4))
        {
            Assert.InRange(times.Count(time => (int)time == hour), 180, 320);
        }

        Assert.Equal(TimeSpan.FromDays(1), Nights.Next(Bot, Nights.Next(Bot, Now)) - Nights.Next(Bot, Now));
    }

    [Theory]
    [InlineData("2026-03-15T03:10:00Z", "2026-03-15T03:30:00Z")]
    [InlineData("2026-03-15T08:30:00Z", "2026-03-15T08:50:00Z")]
    public void What_fails_at_night_is_tried_again_soon(string now, string again) => Assert.Equal(
        DateTimeOffset.Parse(again, null), Nights.Again(Bot, DateTimeOffset.Parse(now, null)));

    [Theory]
    [InlineData("2026-03-15T08:45:00Z")]
    [InlineData("2026-03-15T15:00:00Z")]
    public void What_fails_in_the_morning_is_tried_in_the_next_night(string now)
    {
        var moment = DateTimeOffset.Parse(now, null);
        Assert.Equal(Nights.Next(Bot, moment), Nights.Again(Bot, moment));
        Assert.Equal(16, Nights.Again(Bot, moment).Day);
    }

    [Fact]
    public void After_the_window_only_what_is_needed_stays()
    {
        var all = Days(60, 45, 40, 20, 1);
        Assert.Equal([60, 45, 40], Due(all));
        Assert.Empty(Due(Days(60)));
    }

    [Fact]
    public void The_newest_that_was_proven_stays_whatever_its_age() =>
        Assert.Equal([60, 40], Due([.. Days(60, 40, 1), .. Days(50).Select(backup => backup with { ProvenAt = Now })]));

    [Fact]
    public void The_last_of_each_month_stays_for_as_long_as_the_plan_says() =>
        // 2026-03-15 less 60 days is in January, less 45 the last of January, 40 and 16 are in February, 400 is too old.
        Assert.Equal([400, 60, 40], Due(Days(400, 60, 45, 40, 16, 1), months: 12));

    [Fact]
    public void While_drills_fail_nothing_goes_but_what_its_owner_deleted()
    {
        var deleted = Days(50).Select(backup => backup with { DeletedAt = Now - Options.UndoWindow });
        Assert.Equal([50], Due([.. Days(60, 40, 1), .. deleted], frozen: true));
    }

    [Fact]
    public void What_its_owner_deleted_can_be_had_back_until_the_window_is_over()
    {
        var deleted = Days(2).Select(backup => backup with { DeletedAt = Now - Options.UndoWindow + TimeSpan.FromMinutes(1) });
        Assert.Empty(Due([.. Days(1), .. deleted]));
        Assert.Equal([2], Due([.. Days(1), .. Days(2).Select(backup => backup with { DeletedAt = Now - Options.UndoWindow })]));
    }

    private static IEnumerable<int> Due(IReadOnlyList<Backup> all, int months = 0, bool frozen = false) =>
        BackupExpiry.Due(all, Now, months, frozen, Options).Select(backup => (int)(Now - backup.At).TotalDays).OrderDescending();

    private static IReadOnlyList<Backup> Days(params int[] ago) =>
    [
        .. ago.Select(days => new Backup(
            $"bak_{days}", "acc", Bot, BackupReason.Nightly, "op", $"bak_{days}-0", 1, "image", 1, 1,
            new("a", Now - TimeSpan.FromDays(days), 1, "", 1, "", new(1, 1, 0, 0, []), 0, 0), "")),
    ];
}
