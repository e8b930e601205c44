using System.Text.Json;
using System.Text.Json.Serialization;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.Operations;

/// <summary>What a bot finds in its volume when an older version takes its place again.</summary>
public enum DataChoice
{
    /// <summary>All that is there: what it learned from the newer version too.</summary>
    AsNow,

    /// <summary>What was there when the newer version took over.</summary>
    AsAtSwitch,
}

/// <summary>A change that was asked for, kept with its operation.</summary>
/// <param name="Settings">The whole of them, as they shall be; null to leave them.</param>
/// <param name="Tag">The image tag to take; null to stay.</param>
/// <param name="Version">An older version to go back to; null for a new one.</param>
/// <param name="Data">What the bot finds in its volume: for an older version when it starts, for a new one if it has to make way again.</param>
/// <param name="Previewed">Hash of the state that a preview was made of: nothing else may come of it. Null without a preview.</param>
/// <param name="Plan">Another plan; null to stay.</param>
/// <param name="Secrets">What the change brings: staged, or only named where nothing is kept. Null for none.</param>
/// <param name="Backup">Whose data the version finds; null for those that are there.</param>
public sealed record ChangeRequest(
    BotSettings? Settings, string? Tag, int? Version, DataChoice Data, string Why, string? Previewed = null, string? Plan = null,
    IReadOnlyList<SecretRef>? Secrets = null, string? Backup = null)
{
    /// <summary>The version finds what it left behind.</summary>
    [JsonIgnore]
    public bool ReturnsData => this is { Version: not null, Data: DataChoice.AsAtSwitch };

    /// <summary>Another version comes of it, even if the state is the same. What asks for nothing is the same bot elsewhere.</summary>
    [JsonIgnore]
    public bool IsChange => Settings is not null || Tag is not null || Version is not null || Plan is not null || Backup is not null;

    /// <summary>Other data is a change, even where the state is the same.</summary>
    [JsonIgnore]
    public bool BringsData => Backup is not null || ReturnsData;

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Where the row was lost, nothing is asked for.</summary>
    public static ChangeRequest Parse(string? json) => json is null
        ? new(null, null, null, DataChoice.AsNow, "")
        : JsonSerializer.Deserialize<ChangeRequest>(json, JsonSerializerOptions.Web)!;
}

/// <summary>What a month costs, in the smallest unit of the currency.</summary>
public sealed record PriceChange(string Plan, long FromMonthlyCents, long ToMonthlyCents, string Currency);

/// <summary>What a change would do, found out by the same saga that would do it.</summary>
/// <param name="Token">Applies exactly this, until <paramref name="Expires"/> and as long as nothing it looked at has moved.</param>
/// <param name="DowntimeSeconds">From the old version's stop until the new one's first answer, as the last boot took.</param>
/// <param name="FirstGate">False when the machine has no room to try the version beside the bot that runs.</param>
/// <param name="Price">null when it stays.</param>
/// <param name="Blocked">What of it could not work here, so that it is not applied.</param>
/// <param name="Moves">True when it goes to another machine.</param>
public sealed record ChangePreview(
    string Token, DateTimeOffset Expires, int From, int? Target, string StateHash, string Image, ConfigDiff Diff, bool Restarts,
    int DowntimeSeconds, bool FirstGate, IReadOnlyList<string> Checks, PriceChange? Price = null,
    IReadOnlyList<Blocked>? Blocked = null, bool Moves = false)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    public static ChangePreview Parse(string json) => JsonSerializer.Deserialize<ChangePreview>(json, Options)!;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };
}
