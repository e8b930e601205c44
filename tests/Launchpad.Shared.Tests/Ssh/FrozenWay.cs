using System.Net;
using System.Net.Sockets;

namespace Launchpad.Shared.Tests.Ssh;

/// <summary>A way to a server on which, from some moment on, nothing is passed on any more, though nobody hangs up; or that leads to
/// another server from then on.</summary>
public sealed class FrozenWay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _frozen = new();
    private readonly List<TcpClient> _open = [];
    private readonly Task _accepting;

    public FrozenWay(int target)
    {
        Target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where those are led who come from now on.</summary>
    public int Target { get; set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Freeze() => _frozen.Cancel();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Freeze();
        await _accepting;
        _open.ForEach(client => client.Dispose());
        _listener.Dispose();
        _frozen.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptTcpClientAsync();
                var far = new TcpClient();
                _open.AddRange([near, far]);
                await far.ConnectAsync(IPAddress.Loopback, Target);
                _ = PassAsync(near.GetStream(), far.GetStream());
                _ = PassAsync(far.GetStream(), near.GetStream());
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            return;
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            await from.CopyToAsync(to, _frozen.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or ObjectDisposedException)
        {
            return;
        }
    }
}
