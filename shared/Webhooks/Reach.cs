using System.Net;
using System.Net.Sockets;

namespace Launchpad.Shared.Webhooks;

/// <summary>Which addresses a customer may have called: public unicast ones, and what the operator allows. Of IPv6 that is 2000::/3 without what in
/// it stands for something else; everything that wraps an IPv4 address is judged by that address, or refused.</summary>
public sealed class Reach(WebhookOptions options)
{
    private static readonly IPNetwork Unicast = IPNetwork.Parse("2000::/3");

    // The registries of special-purpose addresses of IANA (RFC 6890), multicast and class E; the last one is what machines on Azure ask.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private readonly IPNetwork[] allowed = [.. options.Networks.Select(IPNetwork.Parse)];

    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allowed.Any(network => network.Contains(plain)) || IsPublic(plain);
    }

    public static bool IsPublic(IPAddress address) =>
        (address.AddressFamily is AddressFamily.InterNetwork || (Unicast.Contains(address) && address.ScopeId == 0))
        && !Special.Any(network => network.Contains(address));
}
