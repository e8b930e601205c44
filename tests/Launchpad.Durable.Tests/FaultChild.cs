using System.Runtime.InteropServices;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Tests;

/// <summary>Runs with Faults.c preloaded: its disk fails when it says so.</summary>
internal static class FaultChild
{
    private enum Fault
    {
        NoSpace = 1,
        IoError,
        ShortWrite,
        Interrupted,
    }

    private const int Never = int.MaxValue;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["Letter", "HelloSequence5", "Alarm"];

    /// <summary>"kind:stride": one run for every stride-th I/O of the workload, until a run needs fewer than that.</summary>
    public static async Task<int> RunAsync(string directory, string argument)
    {
        var (kind, stride) = (Enum.Parse<Fault>(argument.Split(':')[0]), int.Parse(argument.Split(':')[1]));
        for (var nth = 1 + (int)kind; ; nth += stride)
        {
            var home = Path.Combine(directory, $"{kind}-{nth}");
            var (struck, said) = await StrikeAsync(home, kind, nth);
            Console.WriteLine($"{(struck ? "struck" : "missed")} {nth} {said}");
            Directory.Delete(home, recursive: true);
            if (!struck)
            {
                return 0;
            }
        }
    }

    /// <summary>A full disk refuses and goes on; then one that fails ends the process.</summary>
    public static async Task LoseTheDiskAsync(TestHub hub)
    {
        var waiting = await hub.BeginAsync("Conversation");
        var sleeping = await hub.BeginAsync("Alarm");
        Arm(hub.Directory, Fault.NoSpace, 1, forever: true);
        foreach (var size in new[] { 1, 20_000 })
        {
            try
            {
                await hub.BeginAsync("Letter", new string('x', size));
                Console.WriteLine("accepted");
            }
            catch (IOException refusal)
            {
                Console.WriteLine($"refused {refusal.Message}");
            }
        }

        Console.WriteLine($"reads {(await hub.Client.GetOrchestrationStateAsync(waiting)).Name}");
        Arm(hub.Directory, 0, Never, forever: false);
        await hub.Client.RaiseEventAsync(waiting, "said", "one");
        await hub.Client.RaiseEventAsync(waiting, "said", "two");
        foreach (var instance in new[] { waiting, sleeping })
        {
            Console.WriteLine($"end {(await hub.EndAsync(instance)).Output}");
        }

        var flushes = Flushes();
        for (var i = 0; i < 20; i++)
        {
            await hub.Client.RaiseEventAsync(new() { InstanceId = "nobody" }, "said", i);
        }

        Console.WriteLine($"flushes {Flushes() - flushes}");
        Arm(hub.Directory, Fault.IoError, 1, forever: true);
        await hub.BeginAsync("HelloSequence5");
        Console.WriteLine("accepted");
    }

    private static async Task<(bool Struck, string Said)> StrikeAsync(string home, Fault kind, int nth)
    {
        Directory.CreateDirectory(home);
        var started = new Dictionary<string, string>();
        var said = new List<string>();
        Arm(home, kind, nth, forever: false);
        await WorkAsync(home, started, said);
        var struck = Left() <= 0;
        Disarm();

        said.AddRange(started.Count > 0 ? Integrity.ProblemsOf(home).Select(problem => $"unsound: {problem}") : []);
        var hub = await OpenAsync(home);
        foreach (var (id, name) in started)
        {
            var state = await hub.Service.WaitForOrchestrationAsync(id, null, Patience, CancellationToken.None);
            if (state is null)
            {
                said.Add($"stuck or lost: {name} {(await hub.Client.GetOrchestrationStateAsync(id))?.OrchestrationStatus}");
            }
            else if (state.Output != Sagas.Outputs[name])
            {
                said.Add($"wrong: {name} {state.Output}");
            }
        }

        await hub.StopAsync();
        return (struck, string.Join("; ", said));
    }

    /// <summary>Starts and awaits what it can. A full, slow or interrupted disk must not end the store, a failing one must.</summary>
    private static async Task WorkAsync(string home, Dictionary<string, string> started, List<string> said)
    {
        TestHub hub;
        try
        {
            hub = await OpenAsync(home);
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException)
        {
            said.Add("start refused");
            return;
        }

        foreach (var name in Names)
        {
            try
            {
                started[(await hub.BeginAsync(name, new string('x', 2000))).InstanceId] = name;
            }
            catch (Exception refused) when (refused is IOException or InvalidOperationException)
            {
                said.Add("refused");
            }
        }

        var all = Task.WhenAll(started.Keys.Select(
            id => hub.Service.WaitForOrchestrationAsync(id, null, Patience * 2, CancellationToken.None)));
        var ended = await Task.WhenAny(all, hub.Service.Failed.Task, Task.Delay(Patience));
        said.Add(ended == hub.Service.Failed.Task || all.IsFaulted ? "stopped" : ended == all ? "ran" : "hung");
        await hub.StopAsync();
    }

    private static Task<TestHub> OpenAsync(string home) => TestHub.StartAsync(
        worker => Sagas.Register(worker, home),
        TestHub.NewOptions(home) with { MaxConcurrentOrchestrations = 10, MaxConcurrentActivities = 10 });

    private static void Disarm() => Arm("", 0, Never, forever: false);

    private static unsafe void Arm(string directory, Fault kind, long nth, bool forever)
    {
        var path = Marshal.StringToCoTaskMemUTF8(directory);
        ((delegate* unmanaged<nint, int, long, int, void>)Export("fault_arm"))(path, (int)kind, nth, forever ? 1 : 0);
        Marshal.FreeCoTaskMem(path);
    }

    private static unsafe long Left() => ((delegate* unmanaged<long>)Export("fault_left"))();

    private static unsafe long Flushes() => ((delegate* unmanaged<long>)Export("fault_flushes"))();

    private static nint Export(string name) => NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), name);
}
