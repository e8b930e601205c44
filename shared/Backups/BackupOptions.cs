using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Backups;

/// <summary>When bots are backed up, and how long that is kept. Section "Backups".</summary>
public sealed record BackupOptions
{
    public const string Section = "Backups";

    /// <summary>The blob service as machines reach it.</summary>
    [Required]
    public Uri? StoreUri { get; init; }

    /// <summary>How long an address for one blob can be used.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "1.00:00:00")]
    public TimeSpan AddressLifetime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Nightly backups and drills that go on at once, over all machines.</summary>
    [Range(1, 1_000)]
    public int AtOnceMax { get; init; } = 16;

    /// <summary>How long a bot's writes may be held for a copy, seconds; a volume that needs longer has its bot stopped.</summary>
    [Range(0, 15)]
    public int HeldSecondsMax { get; init; } = 10;

    /// <summary>After that long a machine starts a bot again that was stopped for a copy.</summary>
    [Range(90, 3600)]
    public int StoppedSecondsMax { get; init; } = 600;

    /// <summary>Backups of a bot that stay on its machine.</summary>
    [Range(0, 30)]
    public int KeptOnMachine { get; init; } = 7;

    /// <summary>How long a backup is kept in the store.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a backup that its owner deleted can be had back.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan UndoWindow { get; init; } = TimeSpan.FromDays(3);

    /// <summary>A bot whose newest backup is older has a person called.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromHours(26);

    /// <summary>How often it is proven that a bot comes up from its newest backup.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00")]
    public TimeSpan DrillEvery { get; init; } = TimeSpan.FromDays(30);
}
