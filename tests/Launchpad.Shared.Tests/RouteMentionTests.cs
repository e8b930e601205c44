using System.Text.Json;
using System.Text.RegularExpressions;
using Launchpad.Processes;

namespace Launchpad.Shared.Tests;

/// <summary>Whoever carries the pager types what a page of documentation says: every route that one names is there.</summary>
public sealed partial class RouteMentionTests
{
    [Fact]
    public void Every_route_that_documentation_names_is_in_the_document_of_the_api()
    {
        using var api = JsonDocument.Parse(File.ReadAllText(Repository.File("docs", "openapi.json")));
        var known = api.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(verb => $"{verb.Name.ToUpperInvariant()} /api{Plain(path.Name)}")).ToHashSet();
        var root = Path.GetDirectoryName(Repository.File("README.md"))!;
        var named = Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(root, "*.md"))
            .SelectMany(page => Mention().Matches(File.ReadAllText(page)).Select(
                found => (Page: Path.GetFileName(page), Route: $"{found.Groups[1].Value} {Plain(found.Groups[2].Value.TrimEnd('.', ',', ';', '/'))}")))
            .ToList();
        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, one => !known.Contains(one.Route));
    }

    /// <summary>With nothing in the place of what differs.</summary>
    private static string Plain(string path) => Placeholder().Replace(path, "{}");

    [GeneratedRegex("""\b(GET|POST|PUT|PATCH|DELETE) (/api/[^\s`?)"]*)""")]
    private static partial Regex Mention();

    [GeneratedRegex(@"\{[^}]*\}|[a-z]+_…")]
    private static partial Regex Placeholder();
}
