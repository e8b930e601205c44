using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Billing;

/// <summary>How long a bot is kept that is not paid for. Section "Dunning". A ladder that has begun keeps the times that it began with.
/// </summary>
public sealed record DunningOptions
{
    public const string Section = "Dunning";

    /// <summary>From the first reminder to the next ones, until the bot is suspended.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan ReminderEvery { get; init; } = TimeSpan.FromDays(3);

    /// <summary>From the first reminder until the bot is suspended.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "90.00:00:00")]
    public TimeSpan SuspendAfter { get; init; } = TimeSpan.FromDays(7);

    /// <summary>From then until its final backup is made and it is deleted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Whether a bot is suspended for as long as its payment is contested.</summary>
    public bool SuspendDisputed { get; init; } = true;
}
