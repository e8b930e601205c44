using System.Net;
using System.Net.NetworkInformation;

namespace Launchpad.Local.Processes;

/// <summary>Ports of this machine's own address.</summary>
internal static class Loopback
{
    // Machines have loopback addresses of their own, which are no concern here.
    private static readonly IPAddress[] Conflicting = [IPAddress.Loopback, IPAddress.Any, IPAddress.IPv6Any];

    /// <summary>Says whose port is in use before anything is started that would fail on it later, and in other words.</summary>
    public static void Demand(string name, IEnumerable<int> ports)
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(listener => Conflicting.Contains(listener.Address))
            .Select(listener => listener.Port).ToHashSet();
        foreach (var port in ports.Where(taken.Contains))
        {
            throw new StackException($"Port {port} of {name} is in use by another program. End it, or choose another --slot.");
        }
    }
}
