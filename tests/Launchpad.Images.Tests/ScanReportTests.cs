namespace Launchpad.Images.Tests;

public sealed class ScanReportTests : IDisposable
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_report_without_critical_findings_is_vouched_for()
    {
        var report = Read(Trivy(Digest, "HIGH"));

        var claim = ScanReport.Claim(report);

        Assert.True((bool)claim["presented"]!);
        Assert.Equal("trivy", (string)claim["scanner"]!);
        Assert.Equal(64, ((string)claim["sha256"]!).Length);
    }

    [Fact]
    public void That_there_was_none_is_said_too() => Assert.False((bool)ScanReport.Claim(null)["presented"]!);

    [Fact]
    public void A_critical_finding_stops_the_pipeline() =>
        Assert.Contains("1 critical", Refusal(Trivy(Digest, "CRITICAL")), StringComparison.Ordinal);

    [Fact]
    public void Grype_is_understood_too()
    {
        Assert.Equal("grype", Read(Grype("High")).Scanner);
        Assert.Contains("1 critical", Refusal(Grype("Critical")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_about_another_image_does_not_count() =>
        Assert.Contains("is not about", Refusal(Trivy(Digest.Replace('0', '1'), "LOW")), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("<html>")]
    public void What_is_no_report_is_refused(string content) => Assert.NotEmpty(Refusal(content));

    private static string Trivy(string digest, string severity) =>
        $$"""
        {"Metadata":{"RepoDigests":["r/x@{{digest}}"]},"Results":[{"Vulnerabilities":[{"Severity":"{{severity}}"}]},{"Target":"none"}]}
        """;

    private static string Grype(string severity) =>
        $$"""{"source":{"target":{"repoDigests":["r/x@{{Digest}}"]} },"matches":[{"vulnerability":{"severity":"{{severity}}"} }]}""";

    private ScanReport Read(string content)
    {
        File.WriteAllText(_path, content);
        return ScanReport.Read(_path, Digest);
    }

    private string Refusal(string content) => Assert.Throws<ImageFailedException>(() => Read(content)).Message;
}
