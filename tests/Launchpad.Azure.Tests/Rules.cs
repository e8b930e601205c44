using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Launchpad.Shared.Plans;

namespace Launchpad.Azure.Tests;

/// <summary>What must hold of the deployment whoever changes it. Each says what is wrong; nothing, when nothing is.</summary>
internal static partial class Rules
{
    private const string StorageAccounts = "Microsoft.Storage/storageAccounts";

    /// <summary>Roles of Azure that are given here, and the only resource on which.</summary>
    private static readonly Dictionary<string, Func<Resources, JsonNode>> Roles = new()
    {
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = deployed => deployed.Vault,
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = deployed => deployed.Storage,
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = deployed => deployed.Storage,
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = deployed => deployed.Storage,
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = deployed => deployed.The("Microsoft.Storage/storageAccounts/blobServices/containers"),
        ["db58b8e5-c6ad-4a2a-8342-4190687cbf4a"] = deployed => deployed.Backups,
        ["8311e382-0749-4cb8-b61a-304f252e45ec"] = deployed => deployed.The("Microsoft.ContainerRegistry/registries"),
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = deployed => deployed.The("Microsoft.Insights/components"),
    };

    public static readonly IReadOnlyDictionary<string, Func<Resources, IEnumerable<string>>> All =
        new Dictionary<string, Func<Resources, IEnumerable<string>>>
        {
            ["storage has no key"] = deployed => Wrong(Accounts(deployed), account =>
                account.Is("properties.allowSharedKeyAccess", false) && account.Is("properties.allowBlobPublicAccess", false)),
            ["storage is private and encrypted on its way"] = deployed => Wrong(Accounts(deployed), account =>
                account.Is("properties.supportsHttpsTrafficOnly", true) && IsModern(account.Text("properties.minimumTlsVersion"))
                    && (IsClosed(account) || account.Text("id") == deployed.Backups.Text("id"))),
            ["owners reach their backups, and nobody reads what was not signed for"] = deployed => Wrong(deployed.Backups, account =>
                !IsClosed(account) && account.Is("properties.allowSharedKeyAccess", false)
                    && deployed.Of($"{StorageAccounts}/blobServices/containers").Where(one =>
                        one.Text("id").StartsWith($"{account.Text("id")}/", StringComparison.Ordinal))
                        .All(one => one.Text("properties.publicAccess") == "None")),
            ["a young backup is added to, and neither changed nor deleted"] = deployed => Wrong(deployed.Backups, account =>
                deployed.Of($"{StorageAccounts}/blobServices/containers/immutabilityPolicies").Any(policy =>
                    policy.Text("id").StartsWith($"{account.Text("id")}/blobServices/default/containers/backups/", StringComparison.Ordinal)
                    && policy.At("properties.immutabilityPeriodSinceCreationInDays")?.GetValue<int>() >= 30
                    && policy.Is("properties.allowProtectedAppendWrites", true))),
            ["a backup that is deleted is gone"] = deployed => Wrong(deployed.Of($"{StorageAccounts}/blobServices"), service =>
                service.Text("id") != $"{deployed.Backups.Text("id")}/blobServices/default"
                || service.Is("properties.deleteRetentionPolicy.enabled", false)),
            ["the vault is private, by roles, and forgets what is purged"] = deployed => Wrong(deployed.Vault,
                vault => vault.Is("properties.enableRbacAuthorization", true) && vault.Is("properties.enableSoftDelete", true)
                    && vault.At("properties.enablePurgeProtection") is null && IsClosed(vault)),
            ["what cannot be made again is locked"] = deployed => Accounts(deployed).Append(deployed.Vault)
                .Select(one => one.Text("id")).Except(Locked(deployed)),
            ["machines let in 443, and 22 from the control plane alone"] = LetIn,
            ["neither do machines see each other"] = deployed => Wrong(deployed.The("Microsoft.Network/networkSecurityGroups"),
                group => Before(group, "Outbound", "Deny", "65000").Any(rule =>
                    rule.Text("destinationAddressPrefix") == deployed.Network.Text("properties.addressSpace.addressPrefixes.0"))),
            ["machines have the group of rules"] = deployed => Wrong(deployed.Subnet("machines"), subnet =>
                subnet.Text("properties.networkSecurityGroup.id") == deployed.The("Microsoft.Network/networkSecurityGroups").Text("id")),
            ["the control plane goes out by its one address"] = deployed => Wrong(deployed.Subnet("functions"), subnet =>
                subnet.Text("properties.natGateway.id") == deployed.The("Microsoft.Network/natGateways").Text("id")
                && deployed.The("Microsoft.Network/natGateways").Text("properties.publicIpAddresses.0.id")
                    == deployed.The("Microsoft.Network/publicIPAddresses").Text("id")
                && deployed.App.Text("properties.virtualNetworkSubnetId") == deployed.SubnetId("functions")
                && deployed.App.Is("properties.outboundVnetRouting.allTraffic", true)),
            ["vault and storage know the control plane's subnet"] = deployed =>
                Wrong(Accounts(deployed).Append(deployed.Vault), one => LetsIn(one, deployed, "functions")),
            ["machines reach the store of backups, and neither vault nor storage"] = deployed =>
                Wrong(Accounts(deployed).Append(deployed.Vault), one => LetsIn(one, deployed, "machines") == (one == deployed.Backups))
                    .Concat(Wrong(deployed.The("Microsoft.Network/networkSecurityGroups"), group =>
                        Before(group, "Outbound", "Deny", "65001").All(rule => rule.Text("destinationAddressPrefix")
                            == deployed.Network.Text("properties.addressSpace.addressPrefixes.0")))),
            ["the app answers by TLS, and knows no password"] = deployed => Wrong(deployed.App, app =>
                app.Is("properties.httpsOnly", true) && app.Text("properties.siteConfig.ftpsState") == "Disabled"
                && IsModern(app.Text("properties.siteConfig.minTlsVersion")) && IsModern(app.Text("properties.siteConfig.scmMinTlsVersion"))
                && deployed.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
                    .Count(policy => policy.Is("properties.allow", false)) == 2),
            ["the app runs all the time, on .NET 10, on a plan that gives it all the time"] = deployed => Wrong(deployed.App, app =>
                app.Is("properties.siteConfig.alwaysOn", true) && app.Text("properties.siteConfig.linuxFxVersion") == "DOTNET-ISOLATED|10.0"
                && app.Text("kind") == "functionapp,linux" && app.Text("properties.serverFarmId") == deployed.Plan.Text("id")
                && deployed.Plan.Is("properties.reserved", true) && Dedicated().IsMatch(deployed.Plan.Text("sku.name"))),
            ["the host is told what runs"] = deployed => Differ(deployed.Settings, new()
            {
                ["FUNCTIONS_EXTENSION_VERSION"] = "~4",
                ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
                ["WEBSITE_RUN_FROM_PACKAGE"] = "1",
                ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__type"] = "AzureStorage",
            }),
            ["the host opens its storage by identity"] = deployed => Differ(deployed.Settings, new()
            {
                ["AzureWebJobsStorage__accountName"] = deployed.Storage.Text("name"),
                ["AzureWebJobsStorage__credential"] = "managedidentity",
                ["AzureWebJobsStorage__clientId"] = Expressions.ClientId,
            }),
            ["no setting holds a secret"] = deployed => deployed.Settings
                .Where(setting => setting.Key is "AzureWebJobsStorage" || Secret().IsMatch(setting.Value)).Select(setting => setting.Key),
            ["the product is pointed at what is deployed"] = deployed => Differ(deployed.Settings, new()
            {
                ["Identity__ClientId"] = Expressions.ClientId,
                ["Azure__SubscriptionId"] = Bicep.Subscription,
                ["Azure__ResourceGroup"] = GroupOf(deployed.The("Microsoft.Network/dnsZones")),
                ["Azure__DnsZone"] = deployed.The("Microsoft.Network/dnsZones").Text("name"),
                ["Azure__SubnetId"] = deployed.SubnetId("machines"),
                ["Azure__Location"] = deployed.Network.Text("location"),
                ["Routing__Domain"] = deployed.The("Microsoft.Network/dnsZones").Text("name"),
                ["Images__Registry"] = $"{deployed.The("Microsoft.ContainerRegistry/registries").Text("name")}.azurecr.io",
                ["KeyVault__Uri"] = $"https://{deployed.Vault.Text("name")}.vault.azure.net/",
                ["Storage__TableServiceUri"] = $"https://{deployed.Storage.Text("name")}.table.core.windows.net/",
                ["Storage__BlobServiceUri"] = $"https://{deployed.Storage.Text("name")}.blob.core.windows.net/",
                ["Backups__StoreUri"] = $"https://{deployed.Backups.Text("name")}.blob.core.windows.net/",
                ["Vms__ControlPlane"] = $"https://{deployed.App.Text("name")}.azurewebsites.net/",
                ["Site__BaseUrl"] = $"https://{Expressions.SiteHost}/",
            }),
            ["the app is beneath the site, and who does not come by it gets in too"] = deployed =>
                Wrong(deployed.The("Microsoft.Web/staticSites"), site => site.Text("sku.name") == "Standard")
                    .Concat(Wrong(deployed.The("Microsoft.Web/staticSites/linkedBackends"), link =>
                        link.Text("properties.backendResourceId") == deployed.App.Text("id")
                        && link.Text("name") == $"{deployed.The("Microsoft.Web/staticSites").Text("name")}/api"))
                    .Concat(Wrong(deployed.The("Microsoft.Web/sites/config"), access =>
                        access.Text("name") == $"{deployed.App.Text("name")}/authsettingsV2"
                        && access.Is("properties.platform.enabled", false))),
            ["the site takes the headers and the fallback that come with its pages"] = deployed => Wrong(
                deployed.The("Microsoft.Web/staticSites"), site => !site.Is("properties.allowConfigFileUpdates", false)),
            ["a machine's disk holds twice what is sold on it"] = deployed => Plan.All
                .Where(plan => 2 * plan.StorageMb * Math.Max(1, Number(deployed, "Pools__SharedCapacityMb") / plan.MemoryMb)
                    > Number(deployed, "Azure__DiskGb") * 1024)
                .Select(plan => plan.Id),
            ["the app is nobody but the identity that was made for it"] = deployed => Wrong(deployed.App, app =>
                app.Text("identity.type") == "UserAssigned"
                && ((JsonObject)app.At("identity.userAssignedIdentities")!).Single().Key
                    == deployed.The("Microsoft.ManagedIdentity/userAssignedIdentities").Text("id")),
            ["every right is for one thing, and where it is needed"] = Rights,
            ["our own roles have no wildcard and cannot reach into a machine"] = deployed => deployed
                .Of("Microsoft.Authorization/roleDefinitions").SelectMany(role => role.Texts("properties.permissions.0.actions"))
                .Where(action => action.Contains('*') || Dangerous().IsMatch(action)),
            ["the registry has no password"] = deployed => Wrong(deployed.The("Microsoft.ContainerRegistry/registries"),
                registry => registry.Is("properties.adminUserEnabled", false) && registry.Is("properties.anonymousPullEnabled", true)),
            ["telemetry is taken from the identity alone"] = deployed => Wrong(deployed.The("Microsoft.Insights/components"),
                insights => insights.Is("properties.DisableLocalAuth", true)
                    && deployed.Settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"].Contains(Expressions.ClientId, StringComparison.Ordinal)
                    && deployed.Settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"].Contains("AAD", StringComparison.Ordinal)),
            ["somebody is told what it costs"] = deployed => Wrong(deployed.The("Microsoft.Consumption/budgets"),
                budget => budget.Texts("properties.filter.dimensions.values").Order()
                    .SequenceEqual(deployed.Of("Microsoft.Resources/resourceGroups").Select(group => group.Text("name")).Order())
                    && budget.At("properties.notifications") is JsonObject { Count: > 0 } told
                    && told.All(one => one.Value.Texts("contactEmails").Any() && one.Value.Is("enabled", true))),
            ["everything that can carry a tag carries ours"] = deployed => deployed.All
                .Where(one => one.At("location") is not null && one.Text("tags.application").Length == 0).Select(one => one.Text("name")),
        };

    private static IEnumerable<string> Wrong(JsonNode resource, Func<JsonNode, bool> holds) => Wrong([resource], holds);

    private static IEnumerable<string> Wrong(IEnumerable<JsonNode> resources, Func<JsonNode, bool> holds) =>
        resources.Where(resource => !holds(resource)).Select(resource => $"{resource.Text("type")} {resource.Text("name")}");

    private static IEnumerable<JsonNode> Accounts(Resources deployed) => deployed.Of(StorageAccounts);

    /// <summary>Both ends of it: the resource names the subnet, and the subnet is known to it by where it comes from.</summary>
    private static bool LetsIn(JsonNode resource, Resources deployed, string subnet) =>
        resource.At("properties.networkAcls.virtualNetworkRules") is JsonArray rules
        && rules.Any(rule => rule.Text("id") == deployed.SubnetId(subnet))
        && deployed.Subnet(subnet).At("properties.serviceEndpoints") is JsonArray endpoints
        && endpoints.Any(endpoint => resource.Text("type").StartsWith($"{endpoint.Text("service")}/", StringComparison.Ordinal));

    private static IEnumerable<string> Differ(IReadOnlyDictionary<string, string> settings, Dictionary<string, string> wanted) => wanted
        .Where(one => settings.GetValueOrDefault(one.Key) != one.Value)
        .Select(one => $"{one.Key} is '{settings.GetValueOrDefault(one.Key)}' and not '{one.Value}'");

    private static int Number(Resources deployed, string setting) => int.Parse(deployed.Settings[setting], CultureInfo.InvariantCulture);

    private static bool IsClosed(JsonNode resource) => resource.Text("properties.networkAcls.defaultAction") == "Deny";

    private static bool IsModern(string tls) => tls is "1.2" or "1.3" or "TLS1_2" or "TLS1_3";

    private static string GroupOf(JsonNode resource) => resource.Text("id").Split('/')[4];

    private static IEnumerable<string> Locked(Resources deployed) => deployed.Of("Microsoft.Authorization/locks")
        .Where(one => one.Text("properties.level") == "CanNotDelete")
        .Select(Scope);

    /// <summary>What a lock or a right is on. A right's id is not known before its identity is, what it is on is.</summary>
    private static string Scope(JsonNode extension)
    {
        var id = extension.Text("id");
        return id.StartsWith('[')
            ? FirstPath().Match(id) is { Success: true } path ? path.Groups[1].Value : $"/subscriptions/{InGroup().Match(id).Groups[1].Value}"
            : id[..id.LastIndexOf("/providers/", StringComparison.Ordinal)];
    }

    private static IEnumerable<string> LetIn(Resources deployed)
    {
        var group = deployed.The("Microsoft.Network/networkSecurityGroups");
        foreach (var rule in Before(group, "Inbound", "Allow", "65001"))
        {
            string[] sources = [.. rule.Texts("sourceAddressPrefixes").Append(rule.Text("sourceAddressPrefix")).Where(one => one.Length > 0)];
            string[] ports = [.. rule.Texts("destinationPortRanges").Append(rule.Text("destinationPortRange")).Where(one => one.Length > 0)];
            var fits = ports is ["443"] || (ports is ["22"] && sources.Length > 0 && sources.All(source =>
                source == deployed.Subnet("functions").Text("properties.addressPrefix")
                || source.Contains(deployed.The("Microsoft.Network/publicIPAddresses").Text("id"), StringComparison.Ordinal)));
            if (!fits || rule.Text("protocol") != "Tcp")
            {
                yield return $"{string.Join(',', sources)} → {string.Join(',', ports)}";
            }
        }

        if (!Before(group, "Inbound", "Deny", "65000").Any(rule => rule.Text("sourceAddressPrefix") == "*"
            && rule.Text("destinationPortRange") == "*" && rule.Text("protocol") == "*"))
        {
            yield return "Azure's own rules let the network in";
        }
    }

    private static IEnumerable<JsonNode> Before(JsonNode group, string direction, string access, string priority) => group
        .At("properties.securityRules")!.AsArray().Select(rule => rule.At("properties")!)
        .Where(rule => rule.Text("direction") == direction && rule.Text("access") == access
            && int.Parse(rule.Text("priority"), null) < int.Parse(priority, null));

    private static IEnumerable<string> Rights(Resources deployed)
    {
        var own = deployed.Of("Microsoft.Authorization/roleDefinitions").ToDictionary(role => role.Text("id"), role => role.Text("properties.roleName"));
        foreach (var right in deployed.Of("Microsoft.Authorization/roleAssignments"))
        {
            var (role, scope) = (right.Text("properties.roleDefinitionId"), Scope(right));
            var fits = own.TryGetValue(role, out var name)
                ? name.EndsWith("machines", StringComparison.Ordinal)
                    ? scope.EndsWith($"/{GroupOf(deployed.The("Microsoft.Network/dnsZones"))}", StringComparison.Ordinal)
                    : scope == deployed.SubnetId("machines")
                : Roles.GetValueOrDefault(role.Split('/')[^1]) is { } on && on(deployed).Text("id") == scope;
            if (!fits)
            {
                yield return $"{name ?? role} on {scope}";
            }
        }
    }

    [GeneratedRegex("AccountKey=|SharedAccessSignature|sig=|[Pp]assword=|BEGIN [A-Z ]*PRIVATE KEY|(sk|rk|whsec)_[A-Za-z0-9]")]
    private static partial Regex Secret();

    [GeneratedRegex("runCommand|extensions|beginGetAccess|Authorization/|networkSecurityGroups|virtualNetworks/write|dnsZones/(write|delete)", RegexOptions.IgnoreCase)]
    private static partial Regex Dangerous();

    [GeneratedRegex(@"^(B[1-3]|S[1-3]|P\d(m)?v[2-4])$")]
    private static partial Regex Dedicated();

    [GeneratedRegex(@"^\[extensionResourceId\('([^']+)'")]
    private static partial Regex FirstPath();

    [GeneratedRegex(@"^\[resourceId\('[^']+', '([^']+)'")]
    private static partial Regex InGroup();
}
