using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Launchpad.Azure.Tests;

/// <summary>The text that is sent to Azure, which deployments keep and show to whoever may read them.</summary>
[Collection(Deployed.Name)]
public sealed partial class TemplateTests(Deployment deployment)
{
    [Fact]
    public void No_key_of_anything_is_asked_for() => Assert.Empty(KeysAskedFor(deployment.Template));

    [Fact]
    public void What_may_be_a_secret_is_a_secure_parameter() => Assert.Empty(OpenSecrets(deployment.Template));

    [Fact]
    public void A_secure_parameter_goes_nowhere_but_into_the_setting() => Assert.Equal(
        ["Operator__PageUrl"],
        Nodes(deployment.Template).OfType<JsonObject>()
            .Where(node => node.Text("value").Contains("parameters('pageUrl')", StringComparison.Ordinal) && node.ContainsKey("name"))
            .Select(node => node.Text("name")));

    [Fact]
    public void Such_a_template_is_found_out()
    {
        var copy = deployment.Template.DeepClone();
        copy["outputs"]!["key"] = new JsonObject { ["type"] = "string", ["value"] = "[listKeys('account', '2026-06-01').keys[0].value]" };
        copy["parameters"]!["stripeApiKey"] = new JsonObject { ["type"] = "string" };
        copy["parameters"]!["pageUrl"]!["type"] = "string";
        Assert.NotEmpty(KeysAskedFor(copy));
        Assert.Equal(["pageUrl", "stripeApiKey"], OpenSecrets(copy).Order());
    }

    /// <summary>host.json travels with the app; the setting wins over it, but neither should contradict the other.</summary>
    [Fact]
    public void The_host_file_names_no_other_store_for_sagas()
    {
        var host = JsonNode.Parse(File.ReadAllText(Path.Combine(Bicep.Root, "host.json")))!;
        Assert.Contains(host.Text("extensions.durableTask.storageProvider.type"), new[] { "", "AzureStorage" });
        Assert.Equal("api", host.Text("extensions.http.routePrefix"));
        Assert.Equal("/api/health", deployment.Resources.App.Text("properties.siteConfig.healthCheckPath"));
    }

    private static IEnumerable<string> KeysAskedFor(JsonNode template) =>
        Nodes(template).OfType<JsonValue>().Select(value => value.ToString()).Where(text => ListCall().IsMatch(text));

    private static IEnumerable<string> OpenSecrets(JsonNode template) => Nodes(template).OfType<JsonObject>()
        .Select(node => node["parameters"]).OfType<JsonObject>().SelectMany(parameters => parameters)
        .Where(parameter => Secret().IsMatch(parameter.Key) && parameter.Value.Text("type") is "string" or "object")
        .Select(parameter => parameter.Key).Distinct();

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => node switch
    {
        JsonObject all => all.Select(one => one.Value).OfType<JsonNode>().SelectMany(Nodes).Prepend(node),
        JsonArray all => all.OfType<JsonNode>().SelectMany(Nodes).Prepend(node),
        _ => [node],
    };

    [GeneratedRegex(@"\blist[A-Z]\w*\(|\blist\(|getSecret\(")]
    private static partial Regex ListCall();

    [GeneratedRegex("(?i)password|apiKey|accountKey|connectionString|token|credential|pageUrl")]
    private static partial Regex Secret();
}
