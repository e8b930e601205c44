using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Operations;

/// <summary>How much a version has to prove. Section "Rollouts".</summary>
public sealed record RolloutOptions
{
    public const string Section = "Rollouts";

    /// <summary>How long a bot that is ready has to stay so before it is believed; the machine watches it for at most a minute at a
    /// time.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HealthWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the candidate is asked. Any answer will do.</summary>
    [Required, StringLength(4000, MinimumLength = 1)]
    public string CanaryMessage { get; init; } = "Answer with one word: ready.";

    /// <summary>Image tags, separated by commas, of releases that are known to fail: owners may try what becomes of their bots then. Empty for
    /// none.</summary>
    [RegularExpression(@"([A-Za-z0-9_][A-Za-z0-9._-]{0,127}(,[A-Za-z0-9_][A-Za-z0-9._-]{0,127})*)?")]
    public string Rehearsals { get; init; } = "";

    public IReadOnlyList<string> RehearsalTags => Rehearsals.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How long a deleted bot's data is kept, in case the deletion is taken back.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan UndoWindow { get; init; } = TimeSpan.FromHours(24);
}
