using System.Text.Json.Nodes;

namespace Launchpad.Azure.Tests;

[Collection(Deployed.Name)]
public sealed class RulesTests(Deployment deployment)
{
    private const string Sites = "Microsoft.Web/sites";
    private const string Static = "Microsoft.Web/staticSites";
    private const string Storage = "Microsoft.Storage/storageAccounts";
    private const string Policy = $"{Storage}/blobServices/containers/immutabilityPolicies";
    private const string Machines =
        $"/subscriptions/{Bicep.Subscription}/resourceGroups/rg-launchpad/providers/{Net}/vnet-launchpad/subnets/machines";

    private const string Vault = "Microsoft.KeyVault/vaults";
    private const string Nsg = "Microsoft.Network/networkSecurityGroups";
    private const string Net = "Microsoft.Network/virtualNetworks";
    private const string Registry = "Microsoft.ContainerRegistry/registries";

    public static TheoryData<string> Names => [.. Rules.All.Keys];

    /// <summary>Rule, type of the resource (and how its name begins, where there are several), path in it, and the value (as JSON) that breaks
    /// the rule; no value: it is taken out.</summary>
    public static TheoryData<string, string, string, string> Breaks => new()
    {
        { "storage has no key", Storage, "properties.allowSharedKeyAccess", "true" },
        { "storage has no key", Storage, "properties.allowSharedKeyAccess", "" },
        { "storage has no key", Storage, "properties.allowBlobPublicAccess", "true" },
        { "storage has no key", $"{Storage} bk", "properties.allowSharedKeyAccess", "true" },
        { "storage is private and encrypted on its way", Storage, "properties.supportsHttpsTrafficOnly", "false" },
        { "storage is private and encrypted on its way", Storage, "properties.minimumTlsVersion", "\"TLS1_0\"" },
        { "storage is private and encrypted on its way", Storage, "properties.networkAcls.defaultAction", "\"Allow\"" },
        { "owners reach their backups, and nobody reads what was not signed for", $"{Storage} bk", "properties.networkAcls.defaultAction", "\"Deny\"" },
        { "owners reach their backups, and nobody reads what was not signed for", $"{Storage}/blobServices/containers bk", "properties.publicAccess", "\"Blob\"" },
        { "a young backup is added to, and neither changed nor deleted", Policy, "properties.immutabilityPeriodSinceCreationInDays", "3" },
        { "a young backup is added to, and neither changed nor deleted", Policy, "properties.allowProtectedAppendWrites", "false" },
        { "a young backup is added to, and neither changed nor deleted", Policy, "id", "\"/elsewhere\"" },
        { "a backup that is deleted is gone", $"{Storage}/blobServices bk", "properties.deleteRetentionPolicy.enabled", "true" },
        { "the vault is private, by roles, and forgets what is purged", Vault, "properties.enableRbacAuthorization", "false" },
        { "the vault is private, by roles, and forgets what is purged", Vault, "properties.enableSoftDelete", "false" },
        { "the vault is private, by roles, and forgets what is purged", Vault, "properties.enablePurgeProtection", "true" },
        { "the vault is private, by roles, and forgets what is purged", Vault, "properties.networkAcls", "" },
        { "what cannot be made again is locked", "Microsoft.Authorization/locks", "properties.level", "\"ReadOnly\"" },
        { "machines let in 443, and 22 from the control plane alone", Nsg, "properties.securityRules.1.properties.sourceAddressPrefixes.0", "\"*\"" },
        { "machines let in 443, and 22 from the control plane alone", Nsg, "properties.securityRules.1.properties.sourceAddressPrefixes.1", "\"Internet\"" },
        { "machines let in 443, and 22 from the control plane alone", Nsg, "properties.securityRules.1.properties.sourceAddressPrefixes", "[]" },
        { "machines let in 443, and 22 from the control plane alone", Nsg, "properties.securityRules.0.properties.destinationPortRange", "\"*\"" },
        { "machines let in 443, and 22 from the control plane alone", Nsg, "properties.securityRules.2.properties.access", "\"Allow\"" },
        { "machines let in 443, and 22 from the control plane alone", Nsg, "properties.securityRules.2.properties.protocol", "\"Udp\"" },
        { "neither do machines see each other", Nsg, "properties.securityRules.3.properties.destinationAddressPrefix", "\"10.99.0.0/16\"" },
        { "machines have the group of rules", Net, "properties.subnets.1.properties.networkSecurityGroup", "" },
        { "the control plane goes out by its one address", Net, "properties.subnets.0.properties.natGateway", "" },
        { "the control plane goes out by its one address", Sites, "properties.outboundVnetRouting.allTraffic", "false" },
        { "the control plane goes out by its one address", Sites, "properties.virtualNetworkSubnetId", "\"/elsewhere\"" },
        { "vault and storage know the control plane's subnet", Vault, "properties.networkAcls.virtualNetworkRules.0.id", "\"/elsewhere\"" },
        { "vault and storage know the control plane's subnet", Net, "properties.subnets.0.properties.serviceEndpoints.1", "{}" },
        { "machines reach the store of backups, and neither vault nor storage", Storage, "properties.networkAcls.virtualNetworkRules.0.id", $"\"{Machines}\"" },
        { "machines reach the store of backups, and neither vault nor storage", $"{Storage} bk", "properties.networkAcls.virtualNetworkRules.1", "{}" },
        { "machines reach the store of backups, and neither vault nor storage", Net, "properties.subnets.1.properties.serviceEndpoints", "" },
        { "machines reach the store of backups, and neither vault nor storage", Nsg, "properties.securityRules.3.properties.destinationAddressPrefix", "\"*\"" },
        { "the app answers by TLS, and knows no password", Sites, "properties.httpsOnly", "false" },
        { "the app answers by TLS, and knows no password", Sites, "properties.siteConfig.ftpsState", "\"AllAllowed\"" },
        { "the app answers by TLS, and knows no password", Sites, "properties.siteConfig.minTlsVersion", "\"1.0\"" },
        { "the app answers by TLS, and knows no password", "Microsoft.Web/sites/basicPublishingCredentialsPolicies", "properties.allow", "true" },
        { "the app is beneath the site, and who does not come by it gets in too", Static, "sku.name", "\"Free\"" },
        { "the app is beneath the site, and who does not come by it gets in too", $"{Static}/linkedBackends", "properties.backendResourceId", "\"/elsewhere\"" },
        { "the app is beneath the site, and who does not come by it gets in too", $"{Sites}/config", "properties.platform.enabled", "true" },
        { "the site takes the headers and the fallback that come with its pages", Static, "properties.allowConfigFileUpdates", "false" },
        { "the app runs all the time, on .NET 10, on a plan that gives it all the time", Sites, "properties.siteConfig.alwaysOn", "false" },
        { "the app runs all the time, on .NET 10, on a plan that gives it all the time", Sites, "properties.siteConfig.linuxFxVersion", "\"DOTNET-ISOLATED|8.0\"" },
        { "the app runs all the time, on .NET 10, on a plan that gives it all the time", "Microsoft.Web/serverfarms", "sku.name", "\"Y1\"" },
        { "the app is nobody but the identity that was made for it", Sites, "identity.type", "\"SystemAssigned, UserAssigned\"" },
        { "every right is for one thing, and where it is needed", "Microsoft.Authorization/roleAssignments", "properties.roleDefinitionId", "\"/r/8e3af657-a8ff-443c-a75c-2fe8c4bcb635\"" },
        { "every right is for one thing, and where it is needed", "Microsoft.Authorization/roleAssignments", "id", "\"[resourceId('x', 'rg-launchpad', 'y')]\"" },
        { "our own roles have no wildcard and cannot reach into a machine", "Microsoft.Authorization/roleDefinitions", "properties.permissions.0.actions.0", "\"Microsoft.Compute/*\"" },
        { "our own roles have no wildcard and cannot reach into a machine", "Microsoft.Authorization/roleDefinitions", "properties.permissions.0.actions.0", "\"Microsoft.Compute/virtualMachines/runCommand/action\"" },
        { "the registry has no password", Registry, "properties.adminUserEnabled", "true" },
        { "telemetry is taken from the identity alone", "Microsoft.Insights/components", "properties.DisableLocalAuth", "false" },
        { "somebody is told what it costs", "Microsoft.Consumption/budgets", "properties.filter.dimensions.values.0", "\"another\"" },
        { "somebody is told what it costs", "Microsoft.Consumption/budgets", "properties.notifications.all.contactEmails", "[]" },
        { "everything that can carry a tag carries ours", Registry, "tags", "" },
    };

    /// <summary>Rule, setting and the value that breaks the rule.</summary>
    public static TheoryData<string, string, string> BreakingSettings => new()
    {
        { "the host is told what runs", "FUNCTIONS_WORKER_RUNTIME", "dotnet" },
        { "the host is told what runs", "FUNCTIONS_EXTENSION_VERSION", "~3" },
        { "the host is told what runs", "WEBSITE_RUN_FROM_PACKAGE", "0" },
        { "the host is told what runs", "AzureFunctionsJobHost__extensions__durableTask__storageProvider__type", "Sqlite" },
        { "the host opens its storage by identity", "AzureWebJobsStorage__credential", "" },
        { "the host opens its storage by identity", "AzureWebJobsStorage__accountName", "another" },
        { "no setting holds a secret", "AzureWebJobsStorage", "UseDevelopmentStorage=true" },
        { "no setting holds a secret", "Storage__ConnectionString", "AccountName=a;AccountKey=b" },
        { "no setting holds a secret", "Stripe__ApiKeySecret", "sk_live_123" },
        { "the product is pointed at what is deployed", "Azure__ResourceGroup", "rg-launchpad" },
        { "the product is pointed at what is deployed", "Site__BaseUrl", "https://elsewhere.example/" },
        { "the product is pointed at what is deployed", "Azure__SubnetId", "/elsewhere" },
        { "the product is pointed at what is deployed", "Images__Registry", "docker.io" },
        { "the product is pointed at what is deployed", "Identity__ClientId", "" },
        { "the product is pointed at what is deployed", "Backups__StoreUri", "https://elsewhere.blob.core.windows.net/" },
        { "a machine's disk holds twice what is sold on it", "Azure__DiskGb", "64" },
        { "telemetry is taken from the identity alone", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=AAD" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void It_holds_that(string rule) => Assert.Empty(Rules.All[rule](deployment.Resources));

    [Theory]
    [MemberData(nameof(Breaks))]
    public void A_change_of_a_resource_is_seen(string rule, string type, string path, string value)
    {
        var changed = deployment.Resources.Copy();
        var (kind, name) = (type.Split(' ')[0], type.Split(' ').ElementAtOrDefault(1) ?? "");
        Set(changed.Of(kind).First(one => one.Text("name").StartsWith(name, StringComparison.Ordinal)), path, value);
        Assert.NotEmpty(Rules.All[rule](changed));
    }

    [Theory]
    [MemberData(nameof(BreakingSettings))]
    public void A_change_of_a_setting_is_seen(string rule, string setting, string value)
    {
        var changed = deployment.Resources.Copy();
        var settings = changed.App.At("properties.siteConfig.appSettings")!.AsArray();
        settings.RemoveAll(one => one.Text("name") == setting);
        settings.Add(new JsonObject { ["name"] = setting, ["value"] = value });
        Assert.NotEmpty(Rules.All[rule](changed));
    }

    [Fact]
    public void Every_rule_was_seen_to_be_broken() => Assert.Empty(Rules.All.Keys
        .Except(Breaks.Select(row => (string)row[0]))
        .Except(BreakingSettings.Select(row => (string)row[0])));

    private static void Set(JsonNode resource, string path, string value)
    {
        var parts = path.Split('.');
        var parent = parts.Length == 1 ? resource : resource.At(string.Join('.', parts[..^1]))!;
        var changed = value.Length == 0 ? null : JsonNode.Parse(value);
        if (parent is JsonArray array)
        {
            array[int.Parse(parts[^1], null)] = changed;
        }
        else if (changed is null)
        {
            Assert.True(((JsonObject)parent).Remove(parts[^1]));
        }
        else
        {
            ((JsonObject)parent)[parts[^1]] = changed;
        }
    }
}
