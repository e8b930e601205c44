using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Launchpad.Host.Worker;

/// <summary>The app as a process that cannot outlive this one: the kernel ends it with the thread that started it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private WorkerProcess(ProcessStartInfo start) => _process = new Process { StartInfo = start };

    /// <summary>Ends with the process; its exit code.</summary>
    public Task<int> Exited => _exited.Task;

    public int Id => _process.Id;

    public static async Task<WorkerProcess> StartAsync(string folder, Uri rpc, string id, IReadOnlyDictionary<string, string> settings)
    {
        // Both are part of every Debian. In a session of its own it does not see the Ctrl-C that is meant for this process, and what is
        // asked of the kernel stays in force over exec.
        var start = new ProcessStartInfo("setsid", ["setpriv", "--pdeathsig", "KILL", .. CommandLine(folder), .. Arguments(rpc, id)])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = folder;
        var worker = new WorkerProcess(start);
        // Not of the pool: were the thread to end, so would the process.
        new Thread(worker.Run) { IsBackground = true, Name = "worker" }.Start();
        await worker._started.Task;
        return worker;
    }

    /// <summary>Lets it end by itself for a while.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        try
        {
            await Exited.WaitAsync(grace);
        }
        catch (TimeoutException)
        {
            Kill();
            await Exited;
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It is over.
        }
    }

    public void Dispose() => _process.Dispose();

    private static IEnumerable<string> Arguments(Uri rpc, string id) =>
    [
        "--functions-uri", rpc.AbsoluteUri,
        "--functions-worker-id", id,
        "--functions-request-id", id,
        "--functions-grpc-max-message-length", int.MaxValue.ToString(CultureInfo.InvariantCulture),
    ];

    private void Run()
    {
        try
        {
            _process.Start();
            _started.SetResult();
            _process.WaitForExit();
            _exited.SetResult(_process.ExitCode);
        }
        catch (Exception failure) when (!_started.Task.IsCompleted)
        {
            _started.SetException(failure);
        }
    }

    /// <summary>What the published folder says of how it is started.</summary>
    private static string[] CommandLine(string folder)
    {
        var file = Path.Combine(folder, "worker.config.json");
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"There is no functions app in {folder}: worker.config.json is missing. Publish it first.");
        }

        using var config = JsonDocument.Parse(File.ReadAllBytes(file));
        var description = config.RootElement.GetProperty("description");
        var program = description.GetProperty("defaultExecutablePath").GetString()!;
        return description.TryGetProperty("defaultWorkerPath", out var path) && path.GetString() is { } worker
            ? [program, Path.Combine(folder, worker)]
            : [Path.Combine(folder, program)];
    }
}
