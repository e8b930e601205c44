using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>One place that a container may reach over TCP: an IPv4 address or a name, and a port.</summary>
internal sealed record EgressRule(string Host, int Port)
{
    // What no plan may open: this VM and its other tenants, and the platform's metadata services, which hand out credentials.
    private static readonly IPNetwork[] Forbidden =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("168.63.129.16/32"),
        IPNetwork.Parse("224.0.0.0/3"),
        Network.Pool,
    ];

    /// <summary>Null for an address.</summary>
    public string? Name => Literal() is null ? Host : null;

    public static EgressRule Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 1
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535
            || !Requests.IsHost(text[..colon]))
        {
            throw Requests.Invalid("an entry of egress is not address:port or name:port");
        }

        var rule = new EgressRule(text[..colon], port);
        if (rule.Literal() is { } address && (rule.Host != address.ToString() || IsForbidden(address)))
        {
            throw Requests.Invalid("an entry of egress is an address that no tenant may reach");
        }

        return rule;
    }

    /// <summary>The addresses behind the rule, sorted so that the same answer is the same text.</summary>
    public async Task<IReadOnlyList<string>> ResolveAsync()
    {
        if (Literal() is not null)
        {
            return [Host];
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(Host, AddressFamily.InterNetwork);
            var usable = addresses.Where(address => !IsForbidden(address)).Select(address => address.ToString());
            return usable.Any() ? [.. usable.Order(StringComparer.Ordinal)] : throw Unresolved("to no address that a tenant may reach");
        }
        catch (SocketException error)
        {
            throw Unresolved($"({error.SocketErrorCode})");
        }
    }

    // "1" and "0x7f.1" are addresses too for a resolver; only the canonical form passes, and everything of digits and dots is a literal.
    private IPAddress? Literal() => IPAddress.TryParse(Host, out var address) ? address : null;

    private static bool IsForbidden(IPAddress address) => Forbidden.Any(network => network.Contains(address));

    private VmFailure Unresolved(string how) =>
        new(VmErrorCode.NameUnresolved, $"{Host} of the egress list resolves {how}; check it, or the VM's resolver.", retryable: true);
}
