namespace Launchpad.Azure.Tests;

[Collection(Deployed.Name)]
public sealed class BicepTests(Deployment deployment)
{
    [Fact]
    public async Task Compiler_and_linter_have_nothing_to_say_about_any_file()
    {
        var sources = deployment.Bicep.Sources.ToList();
        Assert.Contains("main.bicep", sources);
        Assert.Contains("main.bicepparam", sources);
        foreach (var source in sources)
        {
            Assert.Equal($"{source}: ", $"{source}: {await deployment.Bicep.LintAsync(source)}");
        }
    }

    [Fact]
    public void Every_module_is_part_of_the_deployment()
    {
        var main = File.ReadAllText(Path.Combine(deployment.Bicep.Folder, "main.bicep"));
        Assert.All(
            deployment.Bicep.Sources.Where(source => source.StartsWith("modules", StringComparison.Ordinal)),
            module => Assert.Contains($"'{module}'", main, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no-unused-params", "param unused string")]
    [InlineData("no-hardcoded-env-urls", "output url string = 'https://management.azure.com'")]
    [InlineData("use-user-defined-types", "param all object\noutput all string = string(all)")]
    [InlineData("secure-parameter-default", "@secure()\nparam password string = 'a password'\noutput length int = length(password)")]
    [InlineData("use-recent-api-versions", """
        resource old 'Microsoft.Storage/storageAccounts@2021-09-01' = {
          name: 'old'
          location: 'westeurope'
          kind: 'StorageV2'
          sku: { name: 'Standard_LRS' }
        }
        """)]
    [InlineData("outputs-should-not-contain-secrets", """
        resource account 'Microsoft.Storage/storageAccounts@2026-06-01' existing = { name: 'account' }
        output key string = account.listKeys().keys[0].value
        """)]
    [InlineData("BCP037", """
        resource zone 'Microsoft.Network/dnsZones@2018-05-01' = {
          name: 'a.example'
          location: 'global'
          wrong: true
        }
        """)]
    public async Task What_the_rules_forbid_does_not_pass(string rule, string source)
    {
        using var bicep = new Bicep();
        await File.WriteAllTextAsync(Path.Combine(bicep.Folder, "wrong.bicep"), source + "\n");
        Assert.Contains(rule, await bicep.LintAsync("wrong.bicep"), StringComparison.Ordinal);
    }
}
