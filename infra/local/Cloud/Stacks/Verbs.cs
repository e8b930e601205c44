using System.Runtime.InteropServices;
using Launchpad.Local.Machines;
using Launchpad.Local.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Local.Stacks;

/// <summary>What a person can ask of a stack.</summary>
internal static class Verbs
{
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(120);

    // In the order in which they are ended.
    private static readonly string[] Children = ["control-plane", "registry", "azurite"];

    /// <summary>Runs until it is told to stop. With --json the addresses are the only line on standard output.</summary>
    public static async Task UpAsync(IReadOnlyList<string> arguments)
    {
        var up = UpArguments.Parse(arguments);
        var terminal = new Terminal(up.Json);
        using var stop = new CancellationTokenSource();
        var told = new TaskCompletionSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (told.TrySetResult())
            {
                terminal.Say("stopping …");
                stop.Cancel();
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        await using var stack = Stack.Open(up, terminal);
        try
        {
            await stack.StartAsync(stop.Token);
            Announce(stack.Record!, up, terminal);
            await told.Task;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop before it was ready.
        }
    }

    /// <summary>Stops what an earlier `up` left. With --erase nothing stays: machines, their data, and the stack's state are deleted.</summary>
    public static async Task DownAsync(IReadOnlyList<string> arguments)
    {
        const string Erase = "--erase";
        var (home, json) = UpArguments.ParseCommon([.. arguments.Where(argument => argument != Erase)]);
        var terminal = new Terminal(json);
        var record = StackRecord.Read(home);
        var stopped = new List<string>();
        using (var running = record?.Find())
        {
            if (running is not null)
            {
                running.Terminate();
                await running.Exited.WaitAsync(StopMax);
                stopped.Add("stack");
            }
        }

        using var taken = FileLock.TryTake(Path.Combine(home.Run, "cloud.lock"))
            ?? throw new StackException("The stack is being started just now; try again when it is up.");
        stopped.AddRange(await StopLeftoversAsync(home, record));
        StackRecord.Delete(home);
        terminal.Say(stopped.Count == 0 ? "nothing was running" : "stopped: " + string.Join(", ", stopped));
        var erased = arguments.Contains(Erase);
        if (erased)
        {
            await EraseAsync(home, terminal);
        }

        if (json)
        {
            Terminal.Result(new { ok = true, stopped, erased });
        }
    }

    public static void Status(IReadOnlyList<string> arguments)
    {
        var (home, json) = UpArguments.ParseCommon(arguments);
        var record = StackRecord.Read(home);
        using var process = record?.Find();
        var children = Children.Select(name => (name, record: ChildRecord.Read(Neighbours.RecordPath(home, name))))
            .Append(("dockerd", ChildRecord.Read(Neighbours.DockerRecordPath(home))))
            .Where(child => child.Item2?.IsAlive() is true).ToDictionary(child => child.Item1, child => child.Item2!.Pid);
        var addresses = process is null ? null : record!.Addresses;
        if (json)
        {
            var running = process is not null;
            var (ready, prepared) = (running && record!.Ready, running && record!.Prepared);
            Terminal.Result(new { running, ready, prepared, process?.Pid, home = home.Root, children, addresses });
            return;
        }

        var terminal = new Terminal(json);
        terminal.Say(process is null ? "not running" : $"{(record!.Ready ? "running" : "starting")} (process {process.Pid})");
        foreach (var (name, pid) in children)
        {
            var left = process is null ? ", left by a stack that was killed: `up` adopts it, `down` stops it" : "";
            terminal.Say($"  {name,-16} process {pid}{left}");
        }

        foreach (var (name, address) in addresses ?? new Dictionary<string, string>())
        {
            terminal.Say($"  {name,-16} {address}");
        }
    }

    private static void Announce(StackRecord record, UpArguments up, Terminal terminal)
    {
        foreach (var (name, address) in record.Addresses.Where(pair => up.ControlPlane is not null || pair.Key is not ("dashboard" or "api")))
        {
            terminal.Say($"  {name,-16} {address}");
        }

        if (up.ControlPlane is not null)
        {
            terminal.Say($"Open {record.Addresses["dashboard"]} in a browser.");
        }

        terminal.Say("Ctrl-C stops everything; what was created is there at the next start.");
        if (up.Json)
        {
            Terminal.Result(new { ok = true, record.Pid, record.Slot, home = up.Home.Root, record.Addresses });
        }
    }

    private static async Task EraseAsync(Home home, Terminal terminal)
    {
        if (!home.IsUsed)
        {
            throw new StackException($"No stack was ever started in {home.Root}: nothing was erased.");
        }

        await using (var host = await DockerHost.OpenAsync(home, terminal.Say, CancellationToken.None))
        {
            var context = new CloudContext(home, Ports.ForSlot(0), TimeProvider.System, NullLoggerFactory.Instance) { Docker = host.Docker };
            using var docker = new DockerEngine(host.Docker.Socket);
            using var hypervisor = new Hypervisor(context, docker, new MachineImage(home, host.Docker.Socket, NullLogger.Instance));
            await hypervisor.RemoveAllAsync(CancellationToken.None);
        }

        home.Delete();
        terminal.Say($"erased: the machines, and {home.Root}");
    }

    private static async Task<List<string>> StopLeftoversAsync(Home home, StackRecord? record)
    {
        var stopped = new List<string>();
        foreach (var name in Children.Take(1))
        {
            await StopAsync(name);
        }

        if (record is not null && await new Docker(record.DockerSocket).AnswersAsync(CancellationToken.None))
        {
            // The killed stack's machines run on; their service knows how to shut them down.
            var context = new CloudContext(home, Ports.ForSlot(record.Slot), TimeProvider.System, NullLoggerFactory.Instance)
            {
                Docker = new Docker(record.DockerSocket),
            };
            await Cloud.StopAsync(Cloud.Services(context));
        }

        foreach (var name in Children.Skip(1))
        {
            await StopAsync(name);
        }

        if (await DockerHost.StopLeftoverAsync(home))
        {
            stopped.Add("dockerd");
        }

        return stopped;

        async Task StopAsync(string name)
        {
            if (await Child.StopLeftoverAsync(Neighbours.RecordPath(home, name), TimeSpan.FromSeconds(20)))
            {
                stopped.Add(name);
            }
        }
    }
}
