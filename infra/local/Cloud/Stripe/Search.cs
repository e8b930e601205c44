using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Launchpad.Local.Stripe;

/// <summary>Stripe's search language, as far as subscriptions are looked for: <c>metadata['key']:'value' AND status:'active'</c>. What is
/// found is found at once; Stripe's own index may lag a minute behind.</summary>
internal static partial class Search
{
    private const int PageDefault = 10;
    private const int PageMax = 100;

    public static JsonObject Page(StripeCall call, string kind)
    {
        var clauses = call.Form.Required("query").Split(" AND ").Select(clause => Read(clause.Trim())).ToList();
        var limit = call.Form.Number("limit") ?? PageDefault;
        if (limit is < 1 or > PageMax)
        {
            throw StripeFailure.Invalid($"This value must be between 1 and {PageMax}.", null, "limit");
        }

        var from = call.Form.Number("page") ?? 0;
        var found = call.Draft.All(kind).Where(item => clauses.TrueForAll(matches => matches(item))).ToList();
        var page = call.List([.. found.Skip((int)from).Take((int)limit)], found.Count > from + limit);
        page["object"] = "search_result";
        page["next_page"] = found.Count > from + limit ? $"{from + limit}" : null;
        return page;
    }

    private static Func<JsonObject, bool> Read(string clause) => Clause().Match(clause) switch
    {
        { Success: false } => throw StripeFailure.Invalid(
            $"We were unable to parse your search query at or near: \"{clause}\". "
                + "Please use the format: `metadata['key']:'value'` or `status:'value'`.", null, "query"),
        var match when match.Groups["status"].Success => item => item.Text("status") == match.Groups["value"].Value,
        var match => item => (string?)item["metadata"]![match.Groups["key"].Value] == match.Groups["value"].Value,
    };

    [GeneratedRegex("""^(?:metadata\[["'](?<key>[^"']+)["']\]|(?<status>status)):["'](?<value>[^"']*)["']$""")]
    private static partial Regex Clause();
}
