using System.Text.Json.Nodes;

namespace Launchpad.Azure.Tests;

/// <summary>What infra/azure comes to, compiled once for all tests.</summary>
public sealed class Deployment : IAsyncLifetime
{
    internal Bicep Bicep { get; } = new();

    /// <summary>As it is sent to Azure: parameters, expressions, nested templates.</summary>
    internal JsonNode Template { get; private set; } = null!;

    /// <summary>What it resolves to.</summary>
    internal Resources Resources { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Template = await Bicep.BuildAsync();
        Resources = new((await Bicep.SnapshotAsync())["predictedResources"]!.AsArray());
    }

    public Task DisposeAsync()
    {
        Bicep.Dispose();
        return Task.CompletedTask;
    }
}

[CollectionDefinition(Name)]
public sealed class Deployed : ICollectionFixture<Deployment>
{
    public const string Name = nameof(Deployed);
}

/// <summary>The resources of a deployment, by type.</summary>
internal sealed class Resources(JsonArray all)
{
    public IEnumerable<JsonNode> All => all.Select(resource => resource!);

    public IEnumerable<JsonNode> Of(string type) => All.Where(resource => resource.Text("type") == type);

    /// <summary>The one of this type.</summary>
    public JsonNode The(string type) => Of(type).Single();

    public JsonNode App => The("Microsoft.Web/sites");

    public JsonNode Plan => The("Microsoft.Web/serverfarms");

    /// <summary>The control plane's own.</summary>
    public JsonNode Storage => Account("st");

    public JsonNode Backups => Account("bk");

    public JsonNode Vault => The("Microsoft.KeyVault/vaults");

    public JsonNode Network => The("Microsoft.Network/virtualNetworks");

    public JsonNode Subnet(string name) =>
        Network.At("properties.subnets")!.AsArray().Single(subnet => subnet.Text("name") == name)!;

    public string SubnetId(string name) => $"{Network.Text("id")}/subnets/{name}";

    public IReadOnlyDictionary<string, string> Settings => App.At("properties.siteConfig.appSettings")!.AsArray()
        .ToDictionary(setting => setting!.Text("name"), setting => Expressions.Resolve(setting!.Text("value")));

    public void Add(JsonNode resource) => all.Add(resource);

    public void Remove(JsonNode resource) => all.Remove(resource);

    public Resources Copy() => new(all.DeepClone().AsArray());

    private JsonNode Account(string prefix) => Of("Microsoft.Storage/storageAccounts")
        .Single(account => account.Text("name").StartsWith(prefix, StringComparison.Ordinal));
}

internal static class Json
{
    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (var part in path.Split('.'))
        {
            node = int.TryParse(part, out var index) ? node?.AsArray().ElementAtOrDefault(index) : (node as JsonObject)?[part];
        }

        return node;
    }

    /// <summary>Empty when there is nothing.</summary>
    public static string Text(this JsonNode? node, string path) => node.At(path)?.ToString() ?? "";

    public static bool Is(this JsonNode? node, string path, bool value) => node.At(path) is JsonValue found && found.GetValue<bool>() == value;

    public static IEnumerable<string> Texts(this JsonNode? node, string path) =>
        node.At(path) is JsonArray array ? array.Select(item => item!.ToString()) : [];
}
