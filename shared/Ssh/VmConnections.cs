using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Shared.Ssh;

/// <summary>
/// The connections to VMs. One is kept a while for the next command, because the handshake costs more than most verbs; it belongs to one
/// address, host key, user and client key, so whoever has another key opens another one.
/// </summary>
internal sealed class VmConnections(VmOptions options) : IDisposable
{
    // What sshd.conf of a VM allows on one connection.
    private const int CommandsMax = 4;
    private const int ConnectionsMax = 2;

    // Each has a thread that listens.
    private const int IdleMax = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Machine> _machines = [];
    private Timer? _sweeper;
    private bool _isDisposed;

    /// <exception cref="VmFailedException">It could not be started.</exception>
    public async Task<VmCommand> StartAsync(
        VmEndpoint vm, string clientKeyPem, string constant, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        while (true)
        {
            var (command, wasKept) = await OpenAsync(vm, clientKeyPem, constant, input, ct);
            try
            {
                await command.StartedAsync(ct);
                return command;
            }
            catch (VmFailedException) when (wasKept)
            {
                // A machine that restarted in the meantime: nothing has reached it, and its connection is not used again.
                await command.DisposeAsync();
            }
            catch
            {
                await command.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>What is in use is closed by its last user.</summary>
    public void Dispose()
    {
        List<Kept> idle;
        lock (_gate)
        {
            idle = [.. Idle()];
            _machines.Clear();
            _sweeper?.Dispose();
            _isDisposed = true;
        }

        idle.ForEach(kept => kept.Close());
    }

    private async Task<(VmCommand Command, bool WasKept)> OpenAsync(
        VmEndpoint vm, string clientKeyPem, string constant, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        Key key = new(vm, options.User, Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(clientKeyPem))));
        var machine = Enter(key);
        try
        {
            await machine.Slots.WaitAsync(ct);
        }
        catch
        {
            Leave(key, machine);
            throw;
        }

        var (kept, wasKept) = Take(machine, () => VmConnection.OpenAsync(vm, clientKeyPem, options));
        try
        {
            var connection = await kept.Opening.WaitAsync(ct);
            return (new VmCommand(connection, constant, input, isReusable => Return(key, machine, kept, isReusable)), wasKept);
        }
        catch
        {
            // Whoever gives up waiting leaves the connection to others.
            Return(key, machine, kept, isReusable: !kept.Opening.IsFaulted);
            throw;
        }
    }

    private Machine Enter(Key key)
    {
        lock (_gate)
        {
            if (!_machines.TryGetValue(key, out var machine))
            {
                _machines[key] = machine = new Machine();
            }

            machine.Users++;
            return machine;
        }
    }

    private (Kept Kept, bool WasKept) Take(Machine machine, Func<Task<VmConnection>> open)
    {
        lock (_gate)
        {
            machine.Connections.RemoveAll(connection => connection.IsGone);
            var kept = machine.Connections.Find(connection => connection.Commands < CommandsMax);
            var wasKept = kept is not null;
            if (kept is null)
            {
                machine.Connections.Add(kept = new Kept(Task.Run(open)));
            }

            kept.Commands++;
            return (kept, wasKept);
        }
    }

    private void Return(Key key, Machine machine, Kept kept, bool isReusable)
    {
        List<Kept> over = [];
        lock (_gate)
        {
            if (!isReusable || _isDisposed)
            {
                machine.Connections.Remove(kept);
            }

            kept.Commands--;
            kept.IdleSince = Environment.TickCount64;
            if (kept.Commands == 0 && !machine.Connections.Contains(kept))
            {
                over.Add(kept);
            }

            over.AddRange(Idle().OrderByDescending(idle => idle.IdleSince).Skip(IdleMax));
            over.ForEach(Forget);
            SweepLater();
        }

        machine.Slots.Release();
        Leave(key, machine);
        over.ForEach(closing => closing.Close());
    }

    private void Leave(Key key, Machine machine)
    {
        lock (_gate)
        {
            machine.Users--;
            if (machine is { Users: 0, Connections.Count: 0 } && _machines.GetValueOrDefault(key) == machine)
            {
                _machines.Remove(key);
            }
        }
    }

    private void Sweep()
    {
        List<Kept> over;
        lock (_gate)
        {
            var since = Environment.TickCount64 - (long)options.KeepConnection.TotalMilliseconds;
            over = [.. Idle().Where(kept => kept.IdleSince <= since || kept.IsGone)];
            over.ForEach(Forget);
            foreach (var (key, _) in _machines.Where(entry => entry.Value is { Users: 0, Connections.Count: 0 }).ToList())
            {
                _machines.Remove(key);
            }

            SweepLater();
        }

        over.ForEach(kept => kept.Close());
    }

    // Nothing is looked after while there is nothing to look after.
    private void SweepLater()
    {
        if (Idle().Any())
        {
            _sweeper ??= new Timer(_ => Sweep());
            _sweeper.Change(options.KeepConnection, Timeout.InfiniteTimeSpan);
        }
    }

    private IEnumerable<Kept> Idle() => _machines.Values.SelectMany(machine => machine.Connections).Where(kept => kept.Commands == 0);

    private void Forget(Kept kept)
    {
        foreach (var machine in _machines.Values)
        {
            machine.Connections.Remove(kept);
        }
    }

    private sealed record Key(VmEndpoint Vm, string User, string ClientKey);

    private sealed class Machine
    {
        public List<Kept> Connections { get; } = [];

        public SemaphoreSlim Slots { get; } = new(CommandsMax * ConnectionsMax);

        public int Users { get; set; }
    }

    private sealed class Kept(Task<VmConnection> opening)
    {
        public Task<VmConnection> Opening { get; } = opening;

        public int Commands { get; set; }

        public long IdleSince { get; set; }

        public bool IsGone => Opening.IsCompleted && !(Opening.IsCompletedSuccessfully && Opening.Result.IsConnected);

        /// <summary>Elsewhere, because the client waits for its peer.</summary>
        public void Close() => _ = Opening.ContinueWith(
            opened => opened.Result.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.LongRunning,
            TaskScheduler.Default);
    }
}
