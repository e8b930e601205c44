using System.Text.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>An object as it leaves the API: hidden fields gone, what was asked for expanded.</summary>
internal static class Shown
{
    private const int DepthMax = 4;

    // Lists that an object only carries when it was asked to.
    private static readonly HashSet<(string Kind, string Field)> OnRequest =
        [("checkout.session", "line_items"), ("invoice", "payments")];

    /// <summary>As it was at this moment, for an event.</summary>
    public static JsonObject Plain(JsonObject item) => Expand(item, [], null);

    /// <summary>Follows paths such as <c>subscription.latest_invoice</c>.</summary>
    public static JsonObject Expanded(JsonObject item, IEnumerable<string> paths, Draft draft)
    {
        var split = paths.Select(path => path.Split('.')).ToList();
        return split.Find(path => path.Length > DepthMax) is { } deep
            ? throw StripeFailure.Invalid(
                $"You cannot expand more than {DepthMax} levels of a property. Property: {string.Join('.', deep)}", null, "expand")
            : Expand(item, split, draft);
    }

    private static JsonObject Expand(JsonObject item, IReadOnlyList<string[]> paths, Draft? draft)
    {
        if (paths.FirstOrDefault(path => !item.ContainsKey(path[0])) is { } unknown)
        {
            throw Unexpandable(unknown[0]);
        }

        // In the data of an event, "object" is the object itself.
        var kind = item["object"] is JsonValue named ? (string)named! : "";
        var result = new JsonObject();
        foreach (var (name, value) in item)
        {
            var asked = paths.Where(path => path[0] == name).ToList();
            if (!name.StartsWith('_') && (asked.Count > 0 || !OnRequest.Contains((kind, name))))
            {
                var deeper = asked.Where(path => path.Length > 1).Select(path => path[1..]).ToList();
                result[name] = asked.Count > 0 ? Follow(name, value, deeper, draft!) : Copy(value);
            }
        }

        return result;
    }

    private static JsonNode? Follow(string name, JsonNode? value, IReadOnlyList<string[]> paths, Draft draft) => value switch
    {
        null => null,
        JsonObject part => Expand(part, paths, draft),
        JsonArray parts => new JsonArray([.. parts.Select(part => Follow(name, part, paths, draft))]),
        JsonValue text when text.TryGetValue<string>(out var id) && draft.State.Objects.TryGetValue(id, out var found) =>
            Expand(JsonObject.Create(found.Json)!, paths, draft),
        _ => throw Unexpandable(name),
    };

    private static JsonNode? Copy(JsonNode? value) => value switch
    {
        JsonObject part => Expand(part, [], null),
        JsonArray parts => new JsonArray([.. parts.Select(Copy)]),
        _ => value?.DeepClone(),
    };

    private static StripeFailure Unexpandable(string name) =>
        StripeFailure.Invalid($"This property cannot be expanded ({name}).", null, "expand");
}

/// <summary>Reading fields of objects that this program made, so that they are there.</summary>
internal static class Fields
{
    public static string Id(this JsonObject item) => (string)item["id"]!;

    public static string? Text(this JsonObject item, string name) => (string?)item[name];

    // A node made from an int does not cast to long; read back from the file it would.
    public static long Number(this JsonObject item, string name) => item[name].Deserialize<long>();
}
