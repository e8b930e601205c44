using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Launchpad.Local.Machines;

/// <summary>The loopback addresses of this stack's machines: open while the machine runs, closed when it does not.</summary>
public sealed class MachineAddresses(CloudContext cloud, MachinePorts ports) : IAsyncDisposable
{
    private readonly ILogger _log = cloud.Loggers.CreateLogger<MachineAddresses>();
    private readonly ConcurrentDictionary<string, Door> _open = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>From now on the machine of this number answers at its address, from the given container.</summary>
    public void Open(string machine, int number, IPAddress container)
    {
        var door = _open.GetOrAdd(machine, _ => new Door());
        lock (door)
        {
            door.Container = container;
            door.Forwards ??= Listen(machine, IPAddress.Parse(cloud.Ports.MachineAddress(number)), door);
        }
    }

    public async Task CloseAsync(string machine)
    {
        if (_open.TryRemove(machine, out var door) && door.Forwards is { } forwards)
        {
            await Task.WhenAll(forwards.Select(forward => forward.DisposeAsync().AsTask()));
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_open.Keys.Select(CloseAsync));

    private PortForward[] Listen(string machine, IPAddress address, Door door)
    {
        var faulty = new SshForward(cloud.Faults, machine);
        Task Ssh(Socket client, CancellationToken stop) => faulty.ServeAsync(client, new IPEndPoint(door.Container!, 22), stop);
        Task Https(Socket client, CancellationToken stop) => PortForward.RelayAsync(client, new IPEndPoint(door.Container!, 443), stop);

        // Both listeners or none, so that a taken port can be tried again.
        var ssh = PortForward.Bind(new IPEndPoint(address, ports.Ssh));
        try
        {
            var https = PortForward.Bind(new IPEndPoint(address, ports.Https));
            return [new PortForward(ssh, Ssh, _log), new PortForward(https, Https, _log)];
        }
        catch
        {
            ssh.Dispose();
            throw;
        }
    }

    // A machine that was stopped and started again may be at another address of Docker's.
    private sealed class Door
    {
        public IPAddress? Container { get; set; }

        public PortForward[]? Forwards { get; set; }
    }
}
