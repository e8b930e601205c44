using System.Text.Json.Nodes;

namespace Launchpad.Shared.OpenClaw;

/// <summary>Where something stands in a configuration.</summary>
/// <param name="Names">From the root: names, and `[3]` for the fourth item of a list.</param>
public sealed record ConfigPlace(IReadOnlyList<string> Names)
{
    public static ConfigPlace Root { get; } = new([]);

    public string? Last => Names.Count > 0 ? Names[^1] : null;

    public ConfigPlace Below(string name) => new([.. Names, name]);

    public ConfigPlace Item(int index) => Below($"[{index}]");

    public bool IsAt(IEnumerable<string> places) => places.Any(IsAt);

    private bool IsAt(string place)
    {
        var wanted = place.Split('.');
        return wanted.Length == Names.Count && wanted.Zip(Names).All(pair =>
            IsItem(pair.Second) ? pair.First == "[]" : pair.First == "*" || pair.First == pair.Second);
    }

    public static bool IsItem(string name) => name.StartsWith('[');

    public override string ToString() =>
        string.Concat(Names.Select((name, index) => index == 0 || IsItem(name) ? name : $".{name}"));
}

/// <summary>Everything that stands in a configuration, with where it does.</summary>
public static class ConfigPlaces
{
    /// <summary>Sections come before what they hold.</summary>
    /// <param name="skip">True for a section whose content does not matter.</param>
    public static IEnumerable<(ConfigPlace Place, JsonNode Value)> Of(JsonNode node, ConfigPlace place, Func<JsonNode, bool>? skip = null)
    {
        yield return (place, node);
        if (skip?.Invoke(node) is true)
        {
            yield break;
        }

        foreach (var (at, child) in Children(node, place))
        {
            foreach (var below in child is null ? [] : Of(child, at, skip))
            {
                yield return below;
            }
        }
    }

    public static IEnumerable<(ConfigPlace Place, JsonNode? Value)> Children(JsonNode node, ConfigPlace place) => node switch
    {
        JsonObject section => section.Select(member => (place.Below(member.Key), member.Value)),
        JsonArray list => list.Select((item, index) => (place.Item(index), item)),
        _ => [],
    };

    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
