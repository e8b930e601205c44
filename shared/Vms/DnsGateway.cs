using Azure;
using Azure.Core;
using Azure.ResourceManager;
using Azure.ResourceManager.Resources;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Vms;

/// <summary>The names of bots: one A record set each in the zone.</summary>
public sealed class DnsGateway(ArmClient arm, IOptions<AzureOptions> options)
{
    private const int NotFound = 404;

    // Short, because a bot that moves to another machine must be found there.
    private const int TtlSeconds = 60;

    private readonly AzureOptions _options = options.Value;

    public async Task SetAsync(string name, string address, CancellationToken ct)
    {
        // A record set has no place of its own; the zone is global.
        var record = new GenericResourceData(new AzureLocation("global"))
        {
            Properties = BinaryData.FromObjectAsJson(new { TTL = TtlSeconds, ARecords = (object[])[new { ipv4Address = address }] }),
        };
        await arm.GetGenericResources().CreateOrUpdateAsync(WaitUntil.Completed, Id(name), record, ct);
    }

    /// <summary>Does nothing when there is no such name.</summary>
    public async Task RemoveAsync(string name, CancellationToken ct)
    {
        try
        {
            await arm.GetGenericResource(Id(name)).DeleteAsync(WaitUntil.Completed, ct);
        }
        catch (RequestFailedException missing) when (missing.Status == NotFound)
        {
            // As wished.
        }
    }

    private ResourceIdentifier Id(string name) => _options.Id("Microsoft.Network/dnsZones", $"{_options.DnsZone}/A/{name}");
}
