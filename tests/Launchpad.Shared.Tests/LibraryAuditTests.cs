using System.Globalization;
using System.Net;
using System.Text;
using Launchpad.Processes;

namespace Launchpad.Shared.Tests;

/// <summary>tools/audit with the real programs of NuGet and npm, at registries that answer as the public ones do: with holes, without any, and
/// not at all.</summary>
public sealed class LibraryAuditTests : IDisposable
{
    private const string NuGetHole = "https://example.com/nuget-hole";
    private const string NpmHole = "https://example.com/npm-hole";

    private readonly string folder = Directory.CreateTempSubdirectory("audit-").FullName;
    private readonly HttpListener registry = new();
    private readonly string address = $"http://127.0.0.1:{FreePort.Take()}/";
    private Dictionary<string, string> answers = [];

    public LibraryAuditTests()
    {
        registry.Prefixes.Add(address);
        registry.Start();
        _ = AnswerAsync();
        var library = Directory.GetDirectories(Path.Combine(Packages, "otp.net")).Select(Path.GetFileName).First();
        Write("app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageReference Include="Otp.NET" Version="{library}" /></ItemGroup>
            </Project>
            """);
        Write("nuget.config", $"""
            <configuration><packageSources>
              <clear />
              <add key="taken" value="{Packages}" />
              <add key="registry" value="{address}index.json" protocolVersion="3" allowInsecureConnections="true" />
            </packageSources></configuration>
            """);
        Write("package.json", """{ "name": "app", "version": "1.0.0", "dependencies": { "left": "1.0.0" } }""");
        Write("package-lock.json", """
            { "name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {
              "": { "name": "app", "version": "1.0.0", "dependencies": { "left": "1.0.0" } },
              "node_modules/left": { "version": "1.0.0", "resolved": "https://example.com/left.tgz", "integrity": "sha512-AAAA" } } }
            """);
        Write(".npmrc", $"registry={address}");
    }

    private static string Packages => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public void Dispose()
    {
        registry.Close();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_hole_that_nobody_saw_fails_and_is_told_with_its_library_and_its_day()
    {
        Know(holes: true);
        var (code, said) = await AuditAsync("[]");
        Assert.Equal(1, code);
        Assert.Matches($"(?m)^high: Otp.NET [0-9.]+ .*{NuGetHole}: new: mend it until {Day(14)}", said);
        Assert.Matches($"(?m)^critical: left <2 .*{NpmHole}: new: mend it until {Day(3)}", said);
        Assert.EndsWith("2 known, 2 of them new or late.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hole_that_was_seen_may_stay_until_its_day_and_no_longer()
    {
        Know(holes: true);
        var (code, said) = await AuditAsync(Seen(NuGetHole, -14, NpmHole, -3));
        Assert.True(code == 0, said);
        (code, said) = await AuditAsync(Seen(NuGetHole, -14, NpmHole, -4));
        Assert.Equal(1, code);
        Assert.Contains($"{NpmHole}: should have been mended until {Day(-1)}", said, StringComparison.Ordinal);
        Assert.EndsWith("2 known, 1 of them new or late.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_none_is_known_any_more_the_list_is_to_be_tidied()
    {
        Know(holes: false);
        var (code, said) = await AuditAsync(Seen(NuGetHole, -30));
        Assert.True(code == 0, said);
        Assert.Contains($"{NuGetHole} is named by no registry any more", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registries_that_know_nothing_prove_nothing()
    {
        answers = new() { ["/index.json"] = """{ "version": "3.0.0", "resources": [] }""" };
        var (code, said) = await AuditAsync(Seen(NuGetHole, -30));
        Assert.Equal(2, code);
        Assert.Contains($"Nothing is proven by the NuGet source {address}index.json", said, StringComparison.Ordinal);
        Assert.Contains("Nothing is proven by the npm registry", said, StringComparison.Ordinal);
        Assert.DoesNotContain("any more", said, StringComparison.Ordinal);
    }

    private void Know(bool holes) => answers = new()
    {
        ["/index.json"] = $$"""{ "version": "3.0.0", "resources": [{ "@id": "{{address}}holes.json", "@type": "VulnerabilityInfo/6.7.0" }] }""",
        ["/holes.json"] = $$"""[{ "@name": "base", "@id": "{{address}}base-{{Guid.NewGuid():N}}.json", "@updated": "{{DateTimeOffset.UtcNow:O}}" }]""",
        ["/base-"] = holes ? $$"""{ "otp.net": [{ "severity": 2, "url": "{{NuGetHole}}", "versions": "(, 99.0.0)" }] }""" : "{}",
        ["/-/npm/v1/security/advisories/bulk"] = holes
            ? $$"""{ "left": [{ "id": 1, "url": "{{NpmHole}}", "title": "A hole", "severity": "critical", "vulnerable_versions": "<2" }] }"""
            : "{}",
    };

    private static string Seen(params object[] advisoriesAndDays) => $"[{string.Join(',', advisoriesAndDays.Chunk(2)
        .Select(pair => $$"""{ "advisory": "{{pair[0]}}", "seen": "{{Day((int)pair[1])}}" }"""))}]";

    private static string Day(int fromToday) => DateTime.UtcNow.AddDays(fromToday).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private Task<(int Code, string Said)> AuditAsync(string seen)
    {
        Write("seen.json", seen);
        return Script.RunAsync(Repository.File("tools", "audit"), "", "--seen", Path.Combine(folder, "seen.json"), "--nuget", Path.Combine(folder, "app.csproj"), "--npm", folder);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    private async Task AnswerAsync()
    {
        while (registry.IsListening)
        {
            try
            {
                var context = await registry.GetContextAsync();
                var answer = answers.FirstOrDefault(pair => context.Request.Url!.AbsolutePath.StartsWith(pair.Key, StringComparison.Ordinal)).Value;
                context.Response.StatusCode = answer is null ? 405 : 200;
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer ?? ""));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
