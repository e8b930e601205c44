using System.Text.Json;
using Launchpad.Processes;

namespace Launchpad.Shared.Tests;

/// <summary>What the web app's files are served with, wherever that is.</summary>
public sealed class SiteHeaderTests
{
    private static readonly JsonElement Headers = JsonElement.Parse(
        File.ReadAllText(Repository.File("web", "public", "staticwebapp.config.json"))).GetProperty("globalHeaders");

    [Fact]
    public void Pages_load_from_their_own_origin_alone_run_no_text_as_a_script_and_are_in_no_frame()
    {
        var policy = Headers.GetProperty("Content-Security-Policy").GetString()!.Split(';', StringSplitOptions.TrimEntries)
            .Select(part => part.Split(' ', 2)).ToDictionary(part => part[0], part => part[1]);
        foreach (var none in (string[])["default-src", "base-uri", "frame-ancestors"])
        {
            Assert.Equal("'none'", policy[none]);
        }

        Assert.Equal("'script'", policy["require-trusted-types-for"]);
        // The one that makes the address of the service worker, and nothing else.
        Assert.Equal("launchpad-push", policy["trusted-types"]);
        Assert.All(
            policy.Where(part => part.Key.EndsWith("-src", StringComparison.Ordinal) && part.Key != "default-src"),
            part => Assert.Equal("'self'", part.Value));
        Assert.DoesNotContain("report-uri", policy.Keys);
    }

    [Theory]
    [InlineData("Strict-Transport-Security", "max-age=63072000; includeSubDomains")]
    [InlineData("X-Content-Type-Options", "nosniff")]
    [InlineData("Referrer-Policy", "no-referrer")]
    [InlineData("Cross-Origin-Opener-Policy", "same-origin")]
    public void Pages_are_reached_by_TLS_alone_and_tell_nobody_of_each_other(string name, string value) =>
        Assert.Equal(value, Headers.GetProperty(name).GetString());
}
