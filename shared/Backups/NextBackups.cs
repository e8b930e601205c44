using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Backups;

/// <summary>Where a clock stands after what happened.</summary>
public sealed class NextBackups(IOptions<BackupOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Tomorrow = TimeSpan.FromDays(1);
    private static readonly DateTimeOffset Never = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Which moment a backup holds. Order, age and lateness go by our clock: a machine's own is believed between when it was asked and
    /// now.</summary>
    public DateTimeOffset MadeAt(DateTimeOffset said, DateTimeOffset asked)
    {
        var now = clock.GetUtcNow();
        return said > now || asked > now ? now : said < asked ? asked : said;
    }

    /// <summary>There is a backup: the next one is made in the next night, unless this one was made by day.</summary>
    public BackupClock After(BackupClock known, Backup made) => made.At <= known.GoodAt ? known : known with
    {
        GoodAt = made.At,
        DueAt = made.Reason is BackupReason.Nightly ? Nights.Next(known.Deployment, clock.GetUtcNow()) : known.DueAt,
    };

    /// <summary>One is begun. Whether it ends well is not known: if it does, there is no other before the next night.</summary>
    public BackupClock Begun(BackupClock known) =>
        known with { DueAt = Nights.Again(known.Deployment, clock.GetUtcNow()) };

    /// <summary>Somebody else works on the bot.</summary>
    public BackupClock Busy(BackupClock known) => known with { DueAt = clock.GetUtcNow() + Soon };

    /// <summary>There is nothing that changes, or nothing that could be backed up; as long as that is so, nothing is missing.</summary>
    public BackupClock Idle(BackupClock known)
    {
        var now = clock.GetUtcNow();
        return known with { DueAt = Nights.Next(known.Deployment, now), GoodAt = now };
    }

    /// <summary>A drill is begun, or was not possible: another one is tried tomorrow unless this one passes.</summary>
    public BackupClock DrillBegun(BackupClock known) => known with { DrillAt = clock.GetUtcNow() + Tomorrow };

    /// <summary>The bot is deleted: what is left is removed as soon as the store lets it go, and nothing is missing.</summary>
    public BackupClock Ended(BackupClock known) =>
        known with { DueAt = clock.GetUtcNow(), GoodAt = Never, DrillAt = Never, DrillFailed = false };

    /// <summary>The store keeps some of what is left.</summary>
    public BackupClock Kept(BackupClock known) => known with { DueAt = Nights.Next(known.Deployment, clock.GetUtcNow()) };

    /// <param name="passed">Whether the bot came up.</param>
    public BackupClock Drilled(BackupClock known, bool passed) => known with
    {
        DrillFailed = !passed,
        DrillAt = clock.GetUtcNow() + (passed ? options.Value.DrillEvery : Tomorrow),
    };
}
