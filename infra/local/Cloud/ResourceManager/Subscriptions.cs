using System.Text.Json.Nodes;

namespace Launchpad.Local.ResourceManager;

/// <summary>Subscription, resource group, and the providers in which a client looks up the API versions of a resource type.</summary>
public static class Subscriptions
{
    private static readonly (string Namespace, string[] Types, string[] Versions)[] Providers =
    [
        (
            "Microsoft.Compute",
            ["virtualMachines", "disks", "locations/operations", "locations/vmSizes"],
            ["2024-07-01", "2023-09-01", "2023-03-01", "2023-01-02"]),
        (
            "Microsoft.Network",
            ["networkInterfaces", "publicIPAddresses", "dnsZones", "dnsZones/A", "dnsZones/recordsets"],
            ["2024-05-01", "2023-09-01", "2018-05-01"]),
        ("Microsoft.Resources", ["subscriptions", "resourceGroups", "tenants", "providers"], ["2022-12-01", "2022-09-01", "2021-01-01"]),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tenants", () => Arm.Page([Tenant()]));
        routes.MapGet("/subscriptions", () => Arm.Page([Subscription()]));
        routes.MapGet("/subscriptions/{subscription}", () => Arm.Json(Subscription()));
        routes.MapGet("/subscriptions/{subscription}/locations", () => Arm.Page([Region()]));
        routes.MapGet("/subscriptions/{subscription}/resourceGroups", () => Arm.Page([ResourceGroup()]));
        routes.MapGet(Arm.GroupPath, () => Arm.Json(ResourceGroup()));
        routes.MapMethods(Arm.GroupPath, ["HEAD"], () => Results.NoContent());
        routes.MapGet("/subscriptions/{subscription}/providers", () => Arm.Page(Providers.Select(one => Provider(one))));
        routes.MapGet("/subscriptions/{subscription}/providers/{provider}", (string provider) => Arm.Json(Registered(provider)));
        routes.MapGet("/providers/{provider}", (string provider) => Arm.Json(Registered(provider)));
        routes.MapPost("/subscriptions/{subscription}/providers/{provider}/register", (string provider) => Arm.Json(Registered(provider)));
    }

    private static JsonObject Tenant() => new()
    {
        ["id"] = "/tenants/" + Identity.Tokens.Tenant,
        ["tenantId"] = Identity.Tokens.Tenant,
        ["displayName"] = "Launchpad pocket cloud",
        ["tenantCategory"] = "Home",
    };

    private static JsonObject Subscription() => new()
    {
        ["id"] = "/subscriptions/" + Arm.Subscription,
        ["subscriptionId"] = Arm.Subscription,
        ["tenantId"] = Identity.Tokens.Tenant,
        ["displayName"] = "Launchpad pocket cloud",
        ["state"] = "Enabled",
        ["authorizationSource"] = "RoleBased",
    };

    private static JsonObject Region() => new()
    {
        ["id"] = $"/subscriptions/{Arm.Subscription}/locations/{Arm.Location}",
        ["name"] = Arm.Location,
        ["displayName"] = "West Europe",
    };

    private static JsonObject ResourceGroup() => new()
    {
        ["id"] = Arm.GroupId,
        ["name"] = Arm.Group,
        ["type"] = "Microsoft.Resources/resourceGroups",
        ["location"] = Arm.Location,
        ["tags"] = new JsonObject(),
        ["properties"] = new JsonObject { ["provisioningState"] = "Succeeded" },
    };

    private static JsonObject Registered(string provider) =>
        Provider(Array.Find(Providers, one => one.Namespace.Equals(provider, StringComparison.OrdinalIgnoreCase)));

    private static JsonObject Provider((string Namespace, string[] Types, string[] Versions) provider) => provider.Namespace is null
        ? throw new ArmException(404, "InvalidResourceNamespace", "The resource namespace is invalid.")
        : new JsonObject
        {
            ["id"] = $"/subscriptions/{Arm.Subscription}/providers/{provider.Namespace}",
            ["namespace"] = provider.Namespace,
            ["registrationState"] = "Registered",
            ["registrationPolicy"] = "RegistrationRequired",
            ["resourceTypes"] = new JsonArray([.. provider.Types.Select(type => new JsonObject
            {
                ["resourceType"] = type,
                ["locations"] = new JsonArray("West Europe"),
                ["apiVersions"] = new JsonArray([.. provider.Versions.Select(version => JsonValue.Create(version))]),
                ["capabilities"] = "None",
            })]),
        };
}
