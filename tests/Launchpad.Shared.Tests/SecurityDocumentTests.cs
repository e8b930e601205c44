using System.Text.RegularExpressions;
using Launchpad.Processes;

namespace Launchpad.Shared.Tests;

/// <summary>docs/security.md says nothing of tests and files that are not there, and counts right.</summary>
public sealed partial class SecurityDocumentTests
{
    private static readonly string[] States = ["met", "partly", "gap", "n.a."];
    private static readonly string[] Document = File.ReadAllLines(Repository.File("docs", "security.md"));

    private static readonly Requirement[] Requirements =
    [
        .. Document.Where(line => line.StartsWith("| v5.0.0-", StringComparison.Ordinal)).Select(Cells)
            .Select(cells => new Requirement(cells[0], cells[3], cells[5])),
    ];

    [Fact]
    public void Every_requirement_stands_there_once_in_its_order()
    {
        Assert.NotEmpty(Requirements);
        Assert.Equal(Requirements.Select(one => one.Id).Distinct(), Requirements.Select(one => one.Id));
        Assert.Equal(Requirements.OrderBy(one => one.Chapter).ThenBy(one => one.Section).ThenBy(one => one.Number), Requirements);
    }

    [Fact]
    public void What_is_met_names_a_test_and_what_does_not_apply_names_none() => Assert.Empty(Requirements
        .Where(one => !States.Contains(one.State)
            || (one.State == "met" && one.Tests.Length == 0) || (one.State == "n.a." && one.Tests.Length > 0)
            || (one.Tests.Length == 0 && one.Named != "—"))
        .Select(one => one.Id));

    [Fact]
    public void Every_test_that_it_names_exists()
    {
        var sources = Directory.GetFiles(Repository.File("tests"), "*Tests*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText).ToList();
        var named = Requirements.SelectMany(one => one.Tests).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.Empty(named
            .Where(test => !sources.Any(source => Regex.IsMatch(source, $@"\bclass {test.Class}\b")
                && Regex.IsMatch(source, $@"^    public .*\b{test.Method}\(", RegexOptions.Multiline)))
            .Select(test => $"{test.Class}.{test.Method}"));
    }

    [Fact]
    public void Every_file_that_it_names_exists()
    {
        var folders = Directory.GetDirectories(Repository.Root).Select(Path.GetFileName).ToHashSet();
        var text = string.Join('\n', Document);
        var paths = Code().Matches(text).Select(match => match.Groups[1].Value)
            .Where(name => folders.Contains(name.Split('/')[0]) || name.EndsWith(".md", StringComparison.Ordinal))
            .Concat(Link().Matches(text).Select(match => $"docs/{match.Groups[1].Value}")).Distinct().ToList();
        Assert.NotEmpty(paths);
        Assert.Equal([], paths.Where(path => !Path.Exists(Repository.File(path))));
    }

    [Fact]
    public void Its_summary_counts_its_lines()
    {
        var summary = Document.Where(line => SummaryLine().IsMatch(line)).Select(Cells).ToList();
        var counted = Requirements.GroupBy(one => one.Chapter).Select(chapter => ($"V{chapter.Key} ", Counts([.. chapter])))
            .Append(("all", Counts(Requirements))).ToList();
        Assert.Equal(counted.Count, summary.Count);
        Assert.All(counted.Zip(summary), both =>
        {
            var ((name, counts), line) = both;
            Assert.StartsWith(name, line[0], StringComparison.Ordinal);
            Assert.Equal(counts, line[1..]);
        });
    }

    private static IEnumerable<string> Counts(Requirement[] of) =>
        States.Select(state => of.Count(one => one.State == state)).Append(of.Length).Select(count => $"{count}");

    private static string[] Cells(string line) => line.Split('|', StringSplitOptions.TrimEntries)[1..^1];

    [GeneratedRegex("`([^` ]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\| (?:V\d+ [^|]+|all) \|(?: \d+ \|){5}$")]
    private static partial Regex SummaryLine();

    [GeneratedRegex(@"`(\w+)\.(\w+)`")]
    private static partial Regex TestName();

    /// <param name="Id">v5.0.0-chapter.section.number.</param>
    /// <param name="Named">What stands in the column of tests.</param>
    private sealed record Requirement(string Id, string State, string Named)
    {
        private readonly int[] parts = [.. Id["v5.0.0-".Length..].Split('.').Select(int.Parse)];

        public int Chapter => parts[0];

        public int Section => parts[1];

        public int Number => parts[2];

        public (string Class, string Method)[] Tests =>
            [.. TestName().Matches(Named).Select(match => (match.Groups[1].Value, match.Groups[2].Value))];
    }
}
