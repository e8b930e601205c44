using System.Net;
using System.Net.Sockets;

namespace Launchpad.Local.Tests.Machines;

/// <summary>Connects to this host whatever name was asked for.</summary>
public static class Loopback
{
    public static async ValueTask<Stream> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
