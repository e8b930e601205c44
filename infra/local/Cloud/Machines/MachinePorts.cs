using System.Net;
using System.Net.Sockets;

namespace Launchpad.Local.Machines;

/// <summary>The ports that machines answer on at their addresses: the real ones, unless this host already serves them on every
/// address of its own (its sshd, say), which leaves none to a loopback address.</summary>
public sealed record MachinePorts(int Ssh, int Https)
{
    // The last of the block; machines are numbered from the first.
    private const int ProbeNumber = 254;

    public static MachinePorts Choose(Ports ports)
    {
        var probe = IPAddress.Parse(ports.MachineAddress(ProbeNumber));
        return new MachinePorts(FirstFree(probe, 22, 2222), FirstFree(probe, 443, 4443));
    }

    private static int FirstFree(IPAddress address, int wanted, int otherwise)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, wanted));
            socket.Listen();
            return wanted;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return otherwise;
        }
    }
}
