using System.Net;
using System.Net.Sockets;

namespace Launchpad.Local.Machines;

/// <summary>A listening port of a machine's address, carried into its container.</summary>
public sealed class PortForward : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _closing = new();
    private readonly Socket _listener;
    private readonly Func<Socket, CancellationToken, Task> _serve;
    private readonly ILogger _log;
    private readonly Task _accepting;

    public PortForward(Socket listener, Func<Socket, CancellationToken, Task> serve, ILogger log)
    {
        (_listener, _serve, _log) = (listener, serve, log);
        _accepting = AcceptAsync();
    }

    public static Socket Bind(IPEndPoint endpoint)
    {
        var listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(endpoint);
            listener.Listen();
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _closing.Dispose();
    }

    /// <summary>Copies both ways until both ends are done, handing on the end of one direction as the network would.</summary>
    public static async Task RelayAsync(Socket client, IPEndPoint target, CancellationToken cancellationToken)
    {
        using var machine = await ConnectAsync(target, cancellationToken);
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var directions = (Task[])[CopyAsync(client, machine, broken.Token), CopyAsync(machine, client, broken.Token)];
        if (!(await Task.WhenAny(directions)).IsCompletedSuccessfully)
        {
            await broken.CancelAsync();
        }

        await Task.WhenAll(directions);
    }

    public static async Task<Socket> ConnectAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        var machine = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await machine.ConnectAsync(target, cancellationToken);
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }

    public static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        using (var source = new NetworkStream(from, ownsSocket: false))
        using (var sink = new NetworkStream(to, ownsSocket: false))
        {
            await source.CopyToAsync(sink, cancellationToken);
        }

        to.Shutdown(SocketShutdown.Send);
    }

    /// <summary>The nearest a program gets to a port where nobody listens: the peer sees a reset.</summary>
    public static void Refuse(Socket client)
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync(_closing.Token));
            }
            catch (Exception) when (_closing.IsCancellationRequested)
            {
                // The listener was closed on purpose.
            }
            catch (SocketException failed)
            {
                // A client that left before it was accepted, or no file descriptor left: neither may close the port for good.
                _log.LogWarning("A connection could not be accepted: {Why}", failed.Message);
                await Task.Delay(Pause, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await _serve(client, _closing.Token);
            }
            catch (Exception broken) when (
                broken is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // Either end went away; what the peer must see is a connection that broke, not one that ended well.
                _log.LogDebug(broken, "A connection to {Endpoint} broke", client.LocalEndPoint);
                Refuse(client);
            }
        }
    }
}
