using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.ResourceManager;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Launchpad.Azure.Tests;

/// <summary>The product's gateways do all they can do, and what they asked Azure for is held against the roles that they are given.</summary>
[Collection(Deployed.Name)]
public sealed class PermissionTests(Deployment deployment)
{
    private const string Network = "Microsoft.Network/";

    /// <summary>Made and deleted along with a machine, and joined to it, although nobody asks for them by themselves.</summary>
    private static readonly string[] WithTheMachine =
    [
        "Microsoft.Compute/disks/read", "Microsoft.Compute/disks/write", "Microsoft.Compute/disks/delete",
        $"{Network}networkInterfaces/write", $"{Network}networkInterfaces/delete", $"{Network}networkInterfaces/join/action",
        $"{Network}publicIPAddresses/write", $"{Network}publicIPAddresses/delete", $"{Network}publicIPAddresses/join/action",
    ];

    [Fact]
    public async Task The_role_for_machines_allows_what_the_gateways_do_and_nothing_else()
    {
        var wire = new Wire(Options());
        await UseEverythingAsync(wire);
        Assert.Equal(wire.Actions.Concat(WithTheMachine).Distinct().Order(), ActionsOf("machines").Order());
        Assert.All(wire.Paths, path => Assert.Contains("/resourceGroups/rg-launchpad-machines/", path, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_order_of_a_machine_says_which_subnet_it_joins_and_what_comes_with_it()
    {
        var wire = new Wire(Options());
        await UseEverythingAsync(wire);
        var order = wire.Ordered!;
        var configuration = order.At("properties.networkProfile.networkInterfaceConfigurations.0.properties.ipConfigurations.0.properties");
        Assert.Equal(deployment.Resources.SubnetId("machines"), configuration.Text("subnet.id"));
        Assert.NotEmpty(configuration.Text("publicIPAddressConfiguration.name"));
        Assert.Equal("FromImage", order.Text("properties.storageProfile.osDisk.createOption"));
        Assert.Null(order.At("identity"));
        Assert.Equal(["Microsoft.Network/virtualNetworks/subnets/join/action"], ActionsOf("subnet"));
    }

    private IEnumerable<string> ActionsOf(string role) => deployment.Resources.Of("Microsoft.Authorization/roleDefinitions")
        .Single(one => one.Text("properties.roleName").EndsWith($" {role}", StringComparison.Ordinal))
        .Texts("properties.permissions.0.actions");

    private IOptions<AzureOptions> Options()
    {
        using var services = ProductSettings.Compose(ProductSettings.Configuration(deployment.Resources.Settings));
        return services.GetRequiredService<IOptions<AzureOptions>>();
    }

    private static async Task UseEverythingAsync(Wire wire)
    {
        var settings = wire.Options.Value.Client();
        settings.Transport = new HttpClientTransport(wire);
        settings.Retry.MaxRetries = 0;
        var arm = new ArmClient(new Somebody(), Bicep.Subscription, settings);
        var (machines, names) = (new VmGateway(arm, wire.Options), new DnsGateway(arm, wire.Options));
        var ct = CancellationToken.None;
        await machines.StartCreateAsync(new("vm-new", "Standard_D2s_v5", "#cloud-config", new Dictionary<string, string>()), ct);
        Assert.Equal("192.0.2.1", (await machines.FindAsync("vm-old", ct))?.Address);
        await machines.DeleteAsync("vm-old", ct);
        await names.SetAsync("ada", "192.0.2.1", ct);
        await names.RemoveAsync("ada", ct);
    }

    /// <summary>Azure as far as these calls go; what counts is what it was asked.</summary>
    private sealed class Wire(IOptions<AzureOptions> options) : HttpMessageHandler
    {
        public IOptions<AzureOptions> Options => options;

        public HashSet<string> Actions { get; } = [];

        public HashSet<string> Paths { get; } = [];

        public JsonNode? Ordered { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            Paths.Add(path + "/");
            // …/providers/Microsoft.X/type/name/type/name
            var parts = path.Split("/providers/")[1].Split('/');
            var type = string.Join('/', parts.Where((_, at) => at == 0 || at % 2 == 1));
            Actions.Add($"{type}/{(request.Method.Method switch { "PUT" => "write", "DELETE" => "delete", _ => "read" })}");
            if (request.RequestUri.Query.Contains("instanceView", StringComparison.OrdinalIgnoreCase))
            {
                Actions.Add($"{type}/instanceView/read");
            }

            if (request.Method == HttpMethod.Put && type.EndsWith("virtualMachines", StringComparison.Ordinal))
            {
                Ordered = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
            }

            return Answer(request, path, type);
        }

        private HttpResponseMessage Answer(HttpRequestMessage request, string path, string type) => (request.Method.Method, type) switch
        {
            ("GET", "Microsoft.Compute/virtualMachines") when path.EndsWith("/vm-new", StringComparison.Ordinal) =>
                Json(HttpStatusCode.NotFound, new JsonObject { ["error"] = new JsonObject { ["code"] = "ResourceNotFound" } }),
            ("DELETE", _) => Json(HttpStatusCode.OK, []),
            (_, "Microsoft.Compute/virtualMachines") => Json(HttpStatusCode.OK, Machine(path)),
            (_, "Microsoft.Network/networkInterfaces") => Json(HttpStatusCode.OK, Resource(path, type, $$"""
                {"ipConfigurations":[{"properties":{"publicIPAddress":{"id":"{{Id("publicIPAddresses/vm-old-ip")}}" } } } ] }
                """)),
            (_, "Microsoft.Network/publicIPAddresses") => Json(HttpStatusCode.OK, Resource(path, type, """{"ipAddress":"192.0.2.1"}""")),
            _ => Json(HttpStatusCode.OK, Resource(path, type, """{"TTL":60,"ARecords":[{"ipv4Address":"192.0.2.1"}]}""")),
        };

        private string Id(string name) => options.Value.Id("Microsoft.Network", name).ToString();

        private JsonObject Machine(string path) => Resource(path, "Microsoft.Compute/virtualMachines", $$"""
            {"provisioningState":"Succeeded","networkProfile":{"networkInterfaces":[{"id":"{{Id("networkInterfaces/vm-old-nic")}}" } ] } }
            """);

        private static JsonObject Resource(string path, string type, string properties) => new()
        {
            ["id"] = path,
            ["name"] = path.Split('/')[^1],
            ["type"] = type,
            ["location"] = "westeurope",
            ["tags"] = new JsonObject { [VmGateway.Tag] = "vm" },
            ["properties"] = JsonNode.Parse(properties),
        };

        private static HttpResponseMessage Json(HttpStatusCode status, JsonObject body) =>
            new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
    }

    private sealed class Somebody : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("token", DateTimeOffset.UtcNow.AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
