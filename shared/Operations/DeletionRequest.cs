using System.Text.Json;

namespace Launchpad.Shared.Operations;

/// <summary>How a deletion was asked for, kept with its operation.</summary>
/// <param name="Preempted">The operation that was going on; null for none.</param>
/// <param name="Until">Until when it can be taken back.</param>
/// <param name="Resume">Whether the bot runs again if it is.</param>
public sealed record DeletionRequest(string? Preempted, DateTimeOffset Until, bool Resume)
{
    /// <summary>The wish not to keep anything for a while.</summary>
    public const string AtOnce = "at-once";

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Where the row was lost the wish is lost with it: nothing is kept then.</summary>
    public static DeletionRequest Parse(string? json) => json is null
        ? new(null, DateTimeOffset.UnixEpoch, Resume: false)
        : JsonSerializer.Deserialize<DeletionRequest>(json, JsonSerializerOptions.Web)!;
}
