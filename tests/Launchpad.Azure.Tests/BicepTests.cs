using System.Text.Json.Nodes;

namespace Launchpad.Azure.Tests;

[Collection(Deployed.Name)]
public sealed class BicepTests(Deployment deployment)
{
    private static readonly Dictionary<string, string> Wrong = new()
    {
        ["no-unused-params"] = "param unused string",
        ["no-hardcoded-env-urls"] = "output url string = 'https://management.azure.com'",
        ["use-user-defined-types"] = "param all object\noutput all string = string(all)",
        ["secure-parameter-default"] = "@secure()\nparam password string = 'a password'\noutput length int = length(password)",
        ["use-recent-api-versions"] = """
        resource old 'Microsoft.Storage/storageAccounts@2021-09-01' = {
          name: 'old'
          location: 'westeurope'
          kind: 'StorageV2'
          sku: { name: 'Standard_LRS' }
        }
        """,
        ["outputs-should-not-contain-secrets"] = """
        resource account 'Microsoft.Storage/storageAccounts@2026-09-01' existing = { name: 'account' }
        output key string = account.listKeys().keys[0].value
        """,
        ["BCP037"] = """
        resource zone 'Microsoft.Network/dnsZones@2018-05-01' = {
          name: 'a.example'
          location: 'global'
          wrong: true
        }
        """,
    };

    [Theory]
    [InlineData("**/*.bicep")]
    [InlineData("main.bicepparam")]
    public async Task Compiler_and_linter_have_nothing_to_say(string files) => Assert.Equal("", await deployment.Bicep.LintAsync(files));

    /// <summary>A version is recommended ninety days after it came, and any is too old some day, unless both are said to be none.</summary>
    [Fact]
    public async Task What_the_linter_says_depends_on_its_version_and_on_no_date()
    {
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(deployment.Bicep.Folder, "bicepconfig.json")))!;
        var rule = config["analyzers"]!["core"]!["rules"]!["use-recent-api-versions"]!;
        Assert.Equal((0, 0), ((int)rule["maxAgeInDays"]!, (int)rule["gracePeriodInDays"]!));
    }

    [Fact]
    public void Every_module_is_part_of_the_deployment()
    {
        var main = File.ReadAllText(Path.Combine(deployment.Bicep.Folder, "main.bicep"));
        Assert.All(deployment.Bicep.Modules, module => Assert.Contains($"'{module}'", main, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_site_that_is_linked_is_not_linked_anew()
    {
        using var bicep = new Bicep();
        await File.AppendAllTextAsync(Path.Combine(bicep.Folder, "main.bicepparam"), "param linked = true\n");
        var linked = new Resources((await bicep.SnapshotAsync())["predictedResources"]!.AsArray());
        string[] gone = ["Microsoft.Web/staticSites/linkedBackends", "Microsoft.Web/sites/config"];
        Assert.DoesNotContain(linked.All, one => gone.Contains(one.Text("type")));
        Assert.Equal(deployment.Resources.All.Count() - gone.Length, linked.All.Count());
    }

    [Fact]
    public async Task What_the_rules_forbid_does_not_pass()
    {
        using var bicep = new Bicep();
        foreach (var (rule, source) in Wrong)
        {
            await File.WriteAllTextAsync(Path.Combine(bicep.Folder, $"wrong-{rule}.bicep"), source + "\n");
        }

        var said = (await bicep.LintAsync("wrong-*.bicep")).Split('\n');
        Assert.All(Wrong.Keys, rule => Assert.Contains(said, line =>
            line.Contains($"wrong-{rule}.bicep", StringComparison.Ordinal) && line.Contains($" {rule}: ", StringComparison.Ordinal)));
    }
}
