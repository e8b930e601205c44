using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.OpenClaw;

/// <summary>What is wrong, and where, in words that hold nothing of a secret.</summary>
public sealed record ConfigFault(string Place, string Rule);

/// <summary>The secrets in an owner's own configuration. Where the release takes a reference, the value goes to the vault and a reference
/// stays; everywhere else what looks like a secret is a fault: it would stand in tables, answers and the bot's volume.</summary>
public static partial class ConfigSecrets
{
    private const string Prefix = "own-";
    private const int ShownMax = 3;
    private const int SlugMax = 24;

    // Of what the machine's program takes, leaving room for the bot's own.
    private const int CountMax = 24;
    private const int LengthMax = 8_192;

    private static readonly IReadOnlyList<string> Refs = OpenClawRelease.Pinned.SecretRefs;

    /// <summary>Takes the values out of <paramref name="config"/>.</summary>
    /// <param name="known">Names of secrets that the bot has.</param>
    /// <param name="taken">The values, by the name that stands for each from now on.</param>
    /// <returns>The first fault; null when there is none.</returns>
    public static ConfigFault? TakeOut(JsonObject config, IEnumerable<string> known, out IReadOnlyDictionary<string, string> taken)
    {
        var values = new Dictionary<string, string>();
        taken = values;
        foreach (var (place, value) in ConfigPlaces.Of(config, ConfigPlace.Root, IsReference).ToList())
        {
            if (ConfigPlaces.Text(value) is { Length: > 0 } text && place.IsAt(Refs) && !IsVariable(text))
            {
                if (text.Length > LengthMax)
                {
                    return new($"{place}", $"holds a secret of more than {LengthMax} characters.");
                }

                values[NameOf(place)] = text;
                value.ReplaceWith(Reference(NameOf(place)));
            }
            else if (FaultIn(place, value) is { } fault)
            {
                return fault;
            }
        }

        return NamesIn(config).Count > CountMax
            ? new("", $"has more than {CountMax} secrets.")
            : Unknown(config, [.. known, .. values.Keys]);
    }

    /// <summary>Names of the secrets that it refers to.</summary>
    public static IReadOnlyList<string> NamesIn(JsonObject config) =>
        [.. References(config).Select(found => found.Name).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Whether a secret is of the owner's own configuration.</summary>
    public static bool IsOwn(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    public static JsonObject Reference(string name) => new() { ["source"] = "file", ["provider"] = name, ["id"] = "value" };

    /// <summary>The same with a mask where a secret is or may be: for what was stored before secrets were taken out.</summary>
    public static JsonNode? Masked(JsonNode? node, ConfigPlace place)
    {
        const string mask = "[secret]";
        return node switch
        {
            JsonObject section when !IsReference(section) => new JsonObject(section.Select(member => KeyValuePair.Create(
                SecretShapes.IsLikely(member.Key) ? mask : member.Key, Masked(member.Value, place.Below(member.Key))))),
            JsonArray list => new JsonArray(
                [.. list.Select((item, index) => IsAfterFlag(list, index) ? mask : Masked(item, place.Item(index)))]),
            JsonValue value when FaultIn(place, value) is not null || (place.IsAt(Refs) && ConfigPlaces.Text(value) is { Length: > 0 }) =>
                mask,
            _ => node?.DeepClone(),
        };
    }

    private static ConfigFault? FaultIn(ConfigPlace place, JsonNode value)
    {
        if (value is JsonObject section && section.FirstOrDefault(member => SecretShapes.IsLikely(member.Key)).Key is not null)
        {
            return new($"{place}", "has a name that looks like a secret. Names are not kept secret: use another one.");
        }

        return value switch
        {
            JsonArray list when Enumerable.Range(0, list.Count).FirstOrDefault(index => IsAfterFlag(list, index)) is > 0 and var flagged =>
                Plain(place.Item(flagged)),
            JsonObject reference when IsReference(reference) =>
                reference.Any(member => SecretShapes.IsLikely(ConfigPlaces.Text(member.Value)!)) ? Plain(place) : null,
            JsonValue scalar when ConfigPlaces.Text(scalar) is { } text =>
                text.Length > 0 && !IsVariable(text) && (IsUnderCredential(place) || SecretShapes.IsLikely(text)) ? Plain(place) : null,
            JsonValue scalar when scalar.GetValueKind() is JsonValueKind.Number =>
                SecretShapes.IsCredential(place.Names.LastOrDefault(name => !ConfigPlace.IsItem(name)) ?? "") ? Plain(place) : null,
            _ => null,
        };
    }

    private static ConfigFault Plain(ConfigPlace place)
    {
        var near = Refs
            .Select(known => (known, Shared: known.Split('.').Zip(place.Names).TakeWhile(Fits).Count()))
            .Where(pair => pair.Shared > 0).OrderByDescending(pair => pair.Shared).Take(ShownMax).Select(pair => pair.known).ToList();
        return new(
            $"{place}",
            "holds what looks like a secret, and OpenClaw takes no reference to one there: it would stand in plain text in the bot's "
            + "configuration. Leave it out, or put it where OpenClaw takes a reference, which is kept in the vault for you"
            + (near.Count > 0 ? $": {string.Join(", ", near)}." : "."));
    }

    private static bool Fits((string Known, string Name) pair) => pair.Known == "*" || pair.Known == pair.Name;

    private static ConfigFault? Unknown(JsonObject config, IReadOnlyList<string> known) =>
        References(config).FirstOrDefault(found => !known.Contains(found.Name)) is { Place: { } place }
            ? new($"{place}", "refers to a secret that this bot does not have. Send the value itself: it is kept in the vault for you.")
            : null;

    private static IEnumerable<(ConfigPlace Place, string Name)> References(JsonObject config) =>
        ConfigPlaces.Of(config, ConfigPlace.Root, IsReference)
            .Where(found => IsReference(found.Value) && ConfigPlaces.Text(found.Value["source"]) == "file")
            .Select(found => (found.Place, ConfigPlaces.Text(found.Value["provider"])!));

    /// <summary>As the release writes a reference: three texts and nothing else.</summary>
    public static bool IsReference(JsonNode? node) =>
        node is JsonObject { Count: 3 } section
        && ConfigPlaces.Text(section["source"]) is "file" or "env" or "exec" or "store"
        && ConfigPlaces.Text(section["provider"]) is not null && ConfigPlaces.Text(section["id"]) is not null;

    /// <summary>`${NAME}` stands for a variable of the bot's environment.</summary>
    private static bool IsVariable(string text) => Variable().IsMatch(text) && !SecretShapes.IsLikely(text);

    [GeneratedRegex(@"^\$\{[A-Z_][A-Z0-9_]*\}$")]
    private static partial Regex Variable();

    /// <summary>By its own name, or anywhere in a section that is a credential and nothing else: others are named as their owner likes,
    /// like a server called `password-manager`.</summary>
    private static bool IsUnderCredential(ConfigPlace place)
    {
        var names = place.Names.Where(name => !ConfigPlace.IsItem(name)).ToList();
        return names.Count > 0 && (SecretShapes.IsCredentialName(names[^1]) || names.Any(SecretShapes.IsCredential));
    }

    /// <summary>As the second is in `["--token", "…"]`, which is how programs are given arguments.</summary>
    private static bool IsAfterFlag(JsonArray list, int index) =>
        index > 0 && ConfigPlaces.Text(list[index]) is { Length: > 0 } && ConfigPlaces.Text(list[index - 1]) is ['-', ..] flag
        && SecretShapes.IsCredentialName(flag);

    /// <summary>The same place has the same name, whose last word people recognise.</summary>
    private static string NameOf(ConfigPlace place)
    {
        var word = string.Concat(place.Last!.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(SlugMax));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', place.Names))).AsSpan(0, 4));
        return $"{Prefix}{word}-{hash}";
    }
}
