using System.Text.Json.Nodes;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.Deployments;

public enum Risk
{
    /// <summary>Nothing would change.</summary>
    None,

    /// <summary>What the bot says or which model it asks: data and reachability are not concerned.</summary>
    Low,

    /// <summary>Who can reach the bot, or whom it can.</summary>
    Medium,

    /// <summary>Another program opens the bot's data and may change its format.</summary>
    High,
}

/// <param name="Path">Where, with dots between the names.</param>
/// <param name="From">As JSON, long values cut and secrets masked; null when it was not there.</param>
/// <param name="To">As JSON; null when it is not there any more.</param>
public sealed record Change(string Path, string? From, string? To, Risk Risk);

/// <summary>What differs between two desired states, in the terms of what it means for a bot that runs.</summary>
/// <param name="Restarts">False when nothing of it reaches the container.</param>
public sealed record ConfigDiff(IReadOnlyList<Change> Changes, Risk Risk, bool Restarts)
{
    public static ConfigDiff Of(DesiredState from, DesiredState to)
    {
        var changes = new List<Change>();
        Compare(ConfigPlace.Root, Tree(from), Tree(to), changes);
        var risk = changes.Count == 0 ? Risk.None : changes.Max(change => change.Risk);
        return new(changes, risk, changes.Count > 0);
    }

    private const int ShownMax = 1_000;

    private static JsonObject Tree(DesiredState state) => new()
    {
        ["image"] = state.Image,
        ["plan"] = state.Plan,
        ["model"] = state.Settings.Model,
        ["instructions"] = state.Settings.Instructions,
        ["channels"] = new JsonObject { ["telegram"] = state.Settings.Telegram },
        ["config"] = state.Settings.Config is { } own ? JsonNode.Parse(own) : null,
        ["secrets"] = Set(state.Secrets.Select(secret => secret.ToString())),
        ["egress"] = Set(state.Egress),
    };

    // As members, so that one that comes or goes is one change and their order none.
    private static JsonObject Set(IEnumerable<string> names) =>
        new(names.Distinct().Order(StringComparer.Ordinal).Select(name => KeyValuePair.Create(name, (JsonNode?)true)));

    private static void Compare(ConfigPlace place, JsonNode? from, JsonNode? to, List<Change> changes)
    {
        if (JsonNode.DeepEquals(from, to))
        {
            return;
        }

        if (from is JsonObject || to is JsonObject)
        {
            var (left, right) = (from as JsonObject ?? [], to as JsonObject ?? []);
            foreach (var name in left.Select(member => member.Key).Union(right.Select(member => member.Key)))
            {
                Compare(place.Below(SecretShapes.IsLikely(name) ? "[secret]" : name), left[name], right[name], changes);
            }

            return;
        }

        changes.Add(new($"{place}", Shown(place, from), Shown(place, to), RiskOf(place.Names[0])));
    }

    private static string? Shown(ConfigPlace place, JsonNode? value)
    {
        var inside = new ConfigPlace([.. place.Names.Skip(1)]);
        var shown = place.Names[0] switch
        {
            "config" => ConfigSecrets.Masked(value, inside),
            "instructions" when ConfigPlaces.Text(value) is { } text && SecretShapes.IsUnmistakable(text) => "[secret]",
            _ => value,
        };
        return shown?.ToJsonString() is { Length: > ShownMax } json
            ? JsonValue.Create($"{(ConfigPlaces.Text(shown) ?? json)[..ShownMax]}… ({json.Length} characters)").ToJsonString()
            : shown?.ToJsonString();
    }

    private static Risk RiskOf(string section) => section switch
    {
        "image" => Risk.High,
        "model" or "instructions" => Risk.Low,
        _ => Risk.Medium,
    };
}
