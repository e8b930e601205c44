using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Launchpad.Processes;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Tests;

/// <summary>docs/data.md has every table, in a class that there is.</summary>
public sealed partial class DataDocumentTests
{
    private static readonly string Document = File.ReadAllText(Repository.File("docs", "data.md"));

    [Fact]
    public void Every_table_stands_there_once_and_no_other() => Assert.Equal(
        new Tables(new TableServiceClient("UseDevelopmentStorage=true")).All.Select(table => table.Name).Order(),
        Section("Tables").Select(cells => cells[0].Trim('`')).Order());

    [Fact]
    public void Every_class_is_one_of_those_that_have_rules()
    {
        var classes = Section("Classes").Select(cells => cells[0]).ToHashSet();
        Assert.Equal([], Section("Tables").Select(cells => cells[2]).Concat(Section("Elsewhere").Select(cells => cells[1])).Except(classes));
        Assert.All(Section("Classes").Concat(Section("Tables")).Concat(Section("Elsewhere")), cells => Assert.DoesNotContain("", cells));
    }

    private static List<string[]> Section(string title) =>
        [.. Row().Matches(Document.Split($"\n## {title}\n")[1].Split("\n## ")[0])
            .Select(row => row.Groups[1].Value.Split(" | ", StringSplitOptions.TrimEntries)).Skip(1).Where(cells => !cells[0].StartsWith("---", StringComparison.Ordinal))];

    [GeneratedRegex(@"^\| (.+) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
