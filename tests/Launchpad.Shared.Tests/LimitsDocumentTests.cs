using System.Globalization;
using System.Text.RegularExpressions;
using Launchpad.Processes;

namespace Launchpad.Shared.Tests;

/// <summary>docs/limits.md tells the numbers that stand in the sources.</summary>
public sealed partial class LimitsDocumentTests
{
    public static TheoryData<string, string, int> Limits()
    {
        var limits = new TheoryData<string, string, int>();
        foreach (Match row in Row().Matches(File.ReadAllText(Repository.File("docs", "limits.md"))))
        {
            limits.Add(row.Groups["file"].Value, row.Groups["name"].Value, Number(row.Groups["limit"].Value));
        }

        return limits;
    }

    [Fact]
    public void They_are_many() => Assert.True(Limits().Count > 25);

    [Theory]
    [MemberData(nameof(Limits))]
    public void Each_is_what_the_sources_say(string file, string name, int limit)
    {
        var value = Regex.Match(File.ReadAllText(Repository.File(file.Split('/'))), $@"\b{name}\b(?: \{{[^}}]*\}})? = (?<value>[^;]+);").Groups["value"].Value;
        Assert.Equal(limit, Number(value));
    }

    private static int Number(string text) =>
        int.Parse(Digits().Match(text.Replace("_", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal)).Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| .+ \| (?<limit>[\d,]+(?: [KM]iB)?) \| `(?<file>[\w/]+\.cs)` `(?<name>\w+)` \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
