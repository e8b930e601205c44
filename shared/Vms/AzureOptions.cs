using System.ComponentModel.DataAnnotations;
using Azure.Core;
using Azure.ResourceManager;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Vms;

/// <summary>Where machines and names are made.</summary>
public sealed record AzureOptions
{
    public const string Section = "Azure";

    [Required]
    public Uri ArmEndpoint { get; init; } = new("https://management.azure.com/");

    [Required]
    public string ArmAudience { get; init; } = "https://management.azure.com/";

    [Required, RegularExpression("^[0-9a-fA-F-]{36}$")]
    public string SubscriptionId { get; init; } = "";

    [Required]
    public string ResourceGroup { get; init; } = "launchpad";

    [Required]
    public string Location { get; init; } = "westeurope";

    /// <summary>The zone of the bots' names, in the same resource group.</summary>
    [Required]
    public string DnsZone { get; init; } = "";

    /// <summary>What machines boot from: the resource id of a gallery image, or publisher:offer:sku:version of the marketplace.</summary>
    [Required, RegularExpression("^(/subscriptions/.+|[^:]+:[^:]+:[^:]+:[^:]+)$")]
    public string ImageId { get; init; } = "";

    /// <summary>Its security group lets in 443 from everywhere, 22 from the control plane. Empty: the one that infra/azure makes.</summary>
    public string SubnetId { get; init; } = "";

    [Range(30, 4095)]
    public int DiskGb { get; init; } = 256;

    /// <summary>For one attempt of one call.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    public ResourceIdentifier Id(string type, string name) =>
        new($"/subscriptions/{SubscriptionId}/resourceGroups/{ResourceGroup}/providers/{type}/{name}");

    public ResourceIdentifier Subnet =>
        SubnetId.Length > 0 ? new(SubnetId) : Id("Microsoft.Network/virtualNetworks", "launchpad/subnets/machines");

    public ArmClient Connect(TokenCredential credential) => new(credential, SubscriptionId, Client());

    /// <summary>Retries are the client's own: three, backing off, and as long as Retry-After says.</summary>
    public ArmClientOptions Client()
    {
        var options = new ArmClientOptions
        {
            Environment = new ArmEnvironment(ArmEndpoint, ArmAudience),
            Retry = { NetworkTimeout = Timeout },
        };
        // Without these the client asks for the newest version before its first call, and the product would change under our feet.
        options.SetApiVersion("Microsoft.Network/networkInterfaces", "2023-09-01");
        options.SetApiVersion("Microsoft.Network/publicIPAddresses", "2023-09-01");
        options.SetApiVersion("Microsoft.Network/dnsZones/A", "2018-05-01");
        return options;
    }
}

/// <summary>Puts the gateways to Azure among the services. The identity they use is registered with the vault.</summary>
public static class AzureServices
{
    public static IServiceCollection AddAzureVms(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AzureOptions>()
            .Bind(configuration.GetSection(AzureOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton(provider =>
            provider.GetRequiredService<IOptions<AzureOptions>>().Value.Connect(provider.GetRequiredService<TokenCredential>()));
        services.AddSingleton<VmGateway>();
        return services.AddSingleton<DnsGateway>();
    }
}
