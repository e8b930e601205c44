using System.Text.Json.Nodes;
using Launchpad.Shared.OpenClaw;

namespace Launchpad.Shared.Deployments;

/// <summary>What an owner sets in the bot's configuration beside what we set: anything the release knows, but for the places that keep the
/// bot reachable, confined and ours to run. The release itself says later whether it knows the rest.</summary>
public static class OwnConfig
{
    /// <summary>Paths that are the control plane's, with all that is below them.</summary>
    public static readonly IReadOnlyList<string> Owned =
    [
        "gateway", "secrets", "models", "update", "telemetry", "proxy", "env", "plugins.allow", "plugins.load", "plugins.entries.memory-core",
        "browser.enabled", "agents.defaults.model.primary", "agents.defaults.skipBootstrap", "channels.telegram.enabled",
        "channels.telegram.tokenFile", "channels.telegram.botToken",
    ];

    /// <summary>Takes in files of the bot's volume, which could hold any of the paths that are not the owner's.</summary>
    private const string Include = "$include";

    /// <summary>The first path in a merge patch that belongs to the control plane; null when there is none. Text, a number or a list in
    /// the place of a section takes all of the section, so it counts too; null does not, for it removes only what the owner has
    /// there.</summary>
    public static string? OwnedIn(JsonObject patch) =>
        OwnedIn(patch, "")
        ?? (ConfigPlaces.Of(patch, ConfigPlace.Root).Any(found => found.Value is JsonObject section && section.ContainsKey(Include))
            ? Include
            : null);

    /// <summary>The target with the patch applied, as RFC 7396 says.</summary>
    public static JsonNode? Patched(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var patched = target is JsonObject section ? section.DeepClone().AsObject() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                patched.Remove(name);
            }
            else
            {
                patched[name] = Patched(patched[name], value);
            }
        }

        return patched;
    }

    /// <summary>The same settings give the same text, however they were typed.</summary>
    public static string Canonical(JsonObject own) => Sorted(own)!.ToJsonString();

    /// <summary>Objects are merged; anything else is replaced by the owner's.</summary>
    internal static void MergeInto(JsonObject config, JsonObject own)
    {
        foreach (var (name, value) in own)
        {
            if (value is JsonObject section && config[name] is JsonObject present)
            {
                MergeInto(present, section);
            }
            else
            {
                config[name] = value?.DeepClone();
            }
        }
    }

    private static string? OwnedIn(JsonObject section, string prefix)
    {
        foreach (var (name, value) in section)
        {
            var path = prefix + name;
            var isAbove = Owned.Any(owned => owned.StartsWith(path + ".", StringComparison.Ordinal));
            if (Owned.Contains(path) || (isAbove && value is not (null or JsonObject)))
            {
                return path;
            }

            if (isAbove && value is JsonObject within && OwnedIn(within, path + ".") is { } below)
            {
                return below;
            }
        }

        return null;
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject section => new JsonObject(section.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
