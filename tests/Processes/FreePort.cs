using System.Net;
using System.Net.Sockets;

namespace Launchpad.Processes;

/// <summary>Ports on loopback that nobody listens on, none of them twice, whichever of the suites that run at once asks. They are below those
/// that the kernel gives to connections, so that none is taken between being chosen and being used.</summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly string Claims = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "launchpad-ports")).FullName;

    // Locked until this process has ended, however it ends.
    private static readonly List<FileStream> Held = [];

    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            if (TryClaim(port) && IsFree(port))
            {
                return port;
            }
        }
    }

    /// <summary>A number below all ports, which whoever asks at the same time does not get.</summary>
    public static int TakeNumber(int from, int below)
    {
        while (true)
        {
            var number = Random.Shared.Next(from, below);
            if (TryClaim(number))
            {
                return number;
            }
        }
    }

    private static bool TryClaim(int port)
    {
        try
        {
            var claim = new FileStream(Path.Combine(Claims, $"{port}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            lock (Held)
            {
                Held.Add(claim);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
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
