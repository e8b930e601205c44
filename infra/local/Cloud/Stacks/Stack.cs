using System.Diagnostics;
using System.Globalization;
using Launchpad.Local.Machines;
using Launchpad.Local.Processes;
using Launchpad.Local.ResourceManager;

namespace Launchpad.Local.Stacks;

/// <summary>Everything that `up` starts, in the order in which it needs each other, and stops in the reverse.</summary>
internal sealed class Stack : IAsyncDisposable
{
    private readonly UpArguments _arguments;
    private readonly Terminal _terminal;
    private readonly ILoggerFactory _loggers;
    private readonly Stack<(string Name, Func<ValueTask> Stop)> _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly FileLock _lock;
    private readonly Lock _noting = new();
    private LogTail? _tail;
    private Task _preparation = Task.CompletedTask;

    private Stack(UpArguments arguments, Terminal terminal, FileLock taken)
    {
        (_arguments, _terminal, _lock) = (arguments, terminal, taken);
        _loggers = LoggerFactory.Create(log => log.AddProvider(new TerminalLogs(terminal)).SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None));
    }

    public StackRecord? Record { get; private set; }

    /// <summary>Refuses when another process runs the stack of this home.</summary>
    public static Stack Open(UpArguments arguments, Terminal terminal)
    {
        var taken = FileLock.TryTake(Path.Combine(arguments.Home.Run, "cloud.lock"));
        if (taken is null)
        {
            var owner = StackRecord.Read(arguments.Home);
            throw new StackException(
                $"The stack in {arguments.Home.Root} is running already{(owner is null ? "" : $" (process {owner.Pid})")}. "
                + "Stop it with `./launchpad down`, or start another with --home and --slot.");
        }

        return new Stack(arguments, terminal, taken);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var (home, ports) = (_arguments.Home, Ports.ForSlot(_arguments.Slot));
        var watch = Stopwatch.StartNew();
        var docker = await StepAsync("docker", () => DockerHost.OpenAsync(home, _terminal.Say, cancellationToken), host => host.Word);
        if (docker.IsOwn)
        {
            _running.Push(("dockerd", docker.DisposeAsync));
        }

        (Record = StackRecord.OfThisProcess(ports, docker.Docker, ready: false)).Write(home);

        var context = new CloudContext(home, ports, TimeProvider.System, _loggers) { Docker = docker.Docker };
        var services = Cloud.Services(context);
        foreach (var service in services)
        {
            Loopback.Demand(service.Name, [service.Port(ports), .. service.AllPorts(ports)]);
        }

        await Task.WhenAll(
            StartChildAsync(Neighbours.Azurite(home, ports), cancellationToken),
            StartChildAsync(Neighbours.Registry(home, ports), cancellationToken),
            StartServicesAsync(context, services, cancellationToken));
        if (_arguments.ControlPlane is not null)
        {
            await StartControlPlaneAsync(context, services, cancellationToken);
        }

        Note(record => record with { Ready = true });
        _terminal.Say(string.Create(CultureInfo.InvariantCulture, $"ready after {watch.Elapsed.TotalSeconds:0.0} s"));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _preparation;
        while (_running.TryPop(out var part))
        {
            await StepAsync(part.Name, () => StoppedAsync(part.Stop), word => word);
        }

        _tail?.Dispose();
        StackRecord.Delete(_arguments.Home);
        _lock.Dispose();
        _loggers.Dispose();
        _stopping.Dispose();
    }

    private async Task StartServicesAsync(CloudContext context, IReadOnlyList<CloudService> services, CancellationToken cancellationToken)
    {
        var cloud = await StepAsync("cloud", () => Cloud.StartAsync(context, services, cancellationToken), _ => "started");
        _running.Push(("machines and services", cloud.DisposeAsync));
    }

    private async Task StartControlPlaneAsync(
        CloudContext context, IReadOnlyList<CloudService> services, CancellationToken cancellationToken)
    {
        if (_arguments.Image is { } image)
        {
            _preparation = PrepareAsync(image, context);
            await SigningKeyAsync(context.Home, cancellationToken);
        }

        var ssh = services.OfType<ResourceManagerService>().Single().MachinePorts.Ssh;
        var program = ControlPlaneProgram.Create(_arguments, context, ssh);
        _tail = new LogTail(program.LogPath, line => _terminal.Say("control-plane | " + line));
        await StartChildAsync(program, cancellationToken);
    }

    /// <summary>What the first bot needs and the API does not: it goes on while the control plane already answers.</summary>
    private async Task PrepareAsync(string image, CloudContext context)
    {
        try
        {
            var images = new ImageTool(image, context, _terminal);
            using var machine = new MachineImage(context.Home, context.Docker.Socket, _loggers.CreateLogger<MachineImage>());
            await Task.WhenAll(
                StepAsync("image " + image, () => images.EnsureAsync(_stopping.Token), word => word),
                StepAsync("machine image", () => machine.EnsureAsync(_stopping.Token), _ => "ready"));
            Note(record => record with { Prepared = true });
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The next start goes on from what is cached.
        }
        catch (Exception failure) when (failure is StackException or InvalidOperationException)
        {
            _terminal.Say($"bots cannot be started until this is repaired: {failure.Message}");
        }
    }

    /// <summary>The control plane trusts the key that images are signed with: it is made before the first of them is.</summary>
    private async Task SigningKeyAsync(Home home, CancellationToken cancellationToken)
    {
        while (!File.Exists(ControlPlaneProgram.ImageKeyPath(home)))
        {
            if (_preparation.IsCompleted)
            {
                throw new StackException("There is no key that images are signed with; see above.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private void Note(Func<StackRecord, StackRecord> change)
    {
        lock (_noting)
        {
            (Record = change(Record!)).Write(_arguments.Home);
        }
    }

    private async Task StartChildAsync(ChildProgram program, CancellationToken cancellationToken)
    {
        var child = new Child(program, _terminal.Say, TimeProvider.System);
        _running.Push((program.Name, child.DisposeAsync));
        await StepAsync(program.Name, () => StartedAsync(child, cancellationToken), word => word);
    }

    // One part that cannot be stopped must not keep the others running.
    private static async Task<string> StoppedAsync(Func<ValueTask> stop)
    {
        try
        {
            await stop();
            return "stopped";
        }
        catch (Exception failure)
        {
            return $"not stopped: {failure.GetType().Name}: {failure.Message}";
        }
    }

    private static async Task<string> StartedAsync(Child child, CancellationToken cancellationToken)
    {
        await child.StartAsync(cancellationToken);
        return child.Adopted ? "adopted" : "started";
    }

    private async Task<T> StepAsync<T>(string name, Func<Task<T>> step, Func<T, string> word)
    {
        var watch = Stopwatch.StartNew();
        var result = await step();
        _terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{name,-22} {word(result),-10} {watch.Elapsed.TotalSeconds,6:0.0} s"));
        return result;
    }
}
