using System.Runtime.InteropServices;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;

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
    public static async Task LoseTheDiskAsync(DurableEngine engine, string directory)
    {
        var client = engine.Client;
        var waiting = await client.ScheduleNewOrchestrationInstanceAsync("Conversation");
        var sleeping = await client.ScheduleNewOrchestrationInstanceAsync("Alarm");
        Arm(directory, Fault.NoSpace, 1, forever: true);
        foreach (var large in new[] { false, true })
        {
            try
            {
                await client.ScheduleNewOrchestrationInstanceAsync("Letter", large ? new string('x', 2000) : "x");
                Console.WriteLine("accepted");
            }
            catch (IOException refusal)
            {
                Console.WriteLine($"refused {refusal.Message}");
            }
        }

        Console.WriteLine($"reads {(await client.GetInstanceAsync(waiting))?.Name}");
        Arm(directory, 0, Never, forever: false);
        await client.RaiseEventAsync(waiting, "said", "one");
        await client.RaiseEventAsync(waiting, "said", "two");
        foreach (var id in new[] { waiting, sleeping })
        {
            Console.WriteLine($"end {(await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true)).SerializedOutput}");
        }

        var flushes = Flushes();
        for (var i = 0; i < 20; i++)
        {
            await client.ScheduleNewOrchestrationInstanceAsync("Conversation");
        }

        Console.WriteLine($"flushes {Flushes() - flushes}");
        Arm(directory, Fault.IoError, 1, forever: true);
        await client.ScheduleNewOrchestrationInstanceAsync("HelloSequence5");
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
        await using var engine = await OpenAsync(home);
        foreach (var (id, name) in started)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                var state = await engine.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, patience.Token);
                if (state.SerializedOutput != Sagas.Outputs[name])
                {
                    said.Add($"wrong: {name} {state}");
                }
            }
            catch (OperationCanceledException)
            {
                said.Add($"stuck or lost: {name} {await engine.Client.GetInstanceAsync(id)}");
            }
        }

        return (struck, string.Join("; ", said));
    }

    /// <summary>Starts and awaits what it can. A full, slow or interrupted disk must not end the engine, a failing one must.</summary>
    private static async Task WorkAsync(string home, Dictionary<string, string> started, List<string> said)
    {
        DurableEngine engine;
        try
        {
            engine = await OpenAsync(home);
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException)
        {
            said.Add("start refused");
            return;
        }

        await using (engine)
        {
            foreach (var name in Names)
            {
                try
                {
                    started[await engine.Client.ScheduleNewOrchestrationInstanceAsync(name, new string('x', 2000))] = name;
                }
                catch (Exception refused) when (refused is IOException or InvalidOperationException)
                {
                    said.Add("refused");
                }
            }

            var all = Task.WhenAll(started.Keys.Select(id => engine.Client.WaitForInstanceCompletionAsync(id)));
            var ended = await Task.WhenAny(all, engine.Completion, Task.Delay(TimeSpan.FromSeconds(10)));
            said.Add(ended == engine.Completion || all.IsFaulted ? "stopped" : ended == all ? "ran" : "hung");
        }
    }

    private static async Task<DurableEngine> OpenAsync(string home)
    {
        var options = new DurableOptions
        {
            Directory = home,
            InlinePayloadBytes = 1024,
            DrainTimeout = TimeSpan.Zero,
            ExitOnLogFailure = false,
            MaxCrashes = Never,
        };
        var engine = new DurableEngine(options, TimeProvider.System, NullLoggerFactory.Instance);
        Sagas.Register(engine, home);
        await engine.StartAsync(CancellationToken.None);
        return engine;
    }

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
