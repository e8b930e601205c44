using System.Text.Json.Nodes;

namespace Launchpad.Local.Stripe;

/// <summary>One request to the API, decoded, on the draft that it may change.</summary>
internal sealed record StripeCall(Draft Draft, Form Form, string Path, string Id, Uri PublicAddress)
{
    private const int PageDefault = 10;
    private const int PageMax = 100;

    public JsonObject Show(JsonObject item) => Shown.Expanded(item, Form.List("expand"), Draft);

    /// <summary>A page of what matches, newest first.</summary>
    public JsonObject Page(string kind, Func<JsonObject, bool> matches)
    {
        var limit = Form.Number("limit") ?? PageDefault;
        if (limit is < 1 or > PageMax)
        {
            throw StripeFailure.Invalid($"This value must be between 1 and {PageMax}.", null, "limit");
        }

        var all = Draft.All(kind).Where(matches);
        var (after, before) = (Form.Text("starting_after"), Form.Text("ending_before"));
        if (after is not null && before is not null)
        {
            throw StripeFailure.Invalid("You cannot parameterize both starting_after and ending_before.");
        }

        var from = Sequence(after, kind, "starting_after");
        var until = Sequence(before, kind, "ending_before");
        var rest = all
            .Where(item => (after is null || Sequence(item) < from) && (before is null || Sequence(item) > until))
            .ToList();

        // Going backward, the page is the part next to the cursor, still newest first.
        var page = before is null ? rest.Take((int)limit) : rest.TakeLast((int)limit);
        return List([.. page], rest.Count > limit);
    }

    public JsonObject List(IReadOnlyList<JsonObject> items, bool hasMore)
    {
        var paths = Form.List("expand");
        if (paths.FirstOrDefault(path => !path.StartsWith("data.", StringComparison.Ordinal)) is { } misplaced)
        {
            throw StripeFailure.Invalid(
                $"This property cannot be expanded ({misplaced}). You want to expand `data.{misplaced}`.", null, "expand");
        }

        var inner = paths.Select(path => path["data.".Length..]).ToList();
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. items.Select(item => Shown.Expanded(item, inner, Draft))]),
            ["has_more"] = hasMore,
            ["url"] = Path,
        };
    }

    private long Sequence(string? id, string kind, string param) => id is null ? 0 : Sequence(Draft.Referenced(id, kind, param));

    private long Sequence(JsonObject item) => Draft.State.Objects[item.Id()].Sequence;
}
