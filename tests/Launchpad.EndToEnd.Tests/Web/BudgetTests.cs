using System.IO.Compression;
using System.Text.RegularExpressions;
using Launchpad.Processes;

namespace Launchpad.EndToEnd.Tests.Web;

/// <summary>What has to come over the wire before anything is seen, compressed as servers do it.</summary>
public sealed partial class BudgetTests
{
    private const int Kilobyte = 1024;

    private static readonly string Dist = Repository.File("web", "dist");

    [Fact]
    public void The_entry_is_at_most_120_KB_of_script()
    {
        var size = Needed(@"<script[^>]*\bsrc=""([^""]+)""", @"<link[^>]*rel=""modulepreload""[^>]*href=""([^""]+)""").Sum(Size);
        Assert.InRange(size, 1, 120 * Kilobyte);
    }

    [Fact]
    public void The_entry_is_at_most_20_KB_of_styles() =>
        Assert.InRange(Needed(@"<link[^>]*rel=""stylesheet""[^>]*href=""([^""]+)""").Sum(Size), 1, 20 * Kilobyte);

    [Fact]
    public void Fonts_are_at_most_90_KB()
    {
        var used = Directory.EnumerateFiles(Path.Combine(Dist, "assets"), "*.css").SelectMany(style => Latin().Matches(File.ReadAllText(style)))
            .Select(font => font.Groups[1].Value).Distinct();
        Assert.InRange(used.Sum(font => new FileInfo(InDist(font)).Length), 1, 90 * Kilobyte);
    }

    private static IEnumerable<string> Needed(params string[] patterns)
    {
        var page = File.ReadAllText(Path.Combine(Dist, "index.html"));
        return patterns.SelectMany(pattern => Regex.Matches(page, pattern)).Select(match => match.Groups[1].Value).Distinct();
    }

    private static long Size(string address)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(File.ReadAllBytes(InDist(address)));
        }

        return compressed.Length;
    }

    private static string InDist(string address) => Path.Combine(Dist, address.TrimStart('/'));

    [GeneratedRegex(@"url\(""?(/assets/[^)""]*latin-[^)""]*\.woff2)""?\)")]
    private static partial Regex Latin();
}
