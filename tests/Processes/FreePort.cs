using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Launchpad.Processes;

/// <summary>Ports on loopback that nobody listens on, none of them twice. They are below those that the kernel gives to connections, so
/// that none is taken between being chosen and being used.</summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (Given.TryAdd(port, true) && IsFree(port))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using TcpListener listener = new(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
