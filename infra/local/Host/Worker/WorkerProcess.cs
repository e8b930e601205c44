using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Launchpad.Host.Worker;

/// <summary>The app as a process that cannot outlive this one: the kernel ends it with the thread that started it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private WorkerProcess(ProcessStartInfo start) => _process = new Process { StartInfo = start };

    /// <summary>Ends with the process; its exit code.</summary>
    public Task<int> Exited => _exited.Task;

    public int Id => _process.Id;

    public static async Task<WorkerProcess> StartAsync(string folder, Uri rpc, string id, IReadOnlyDictionary<string, string?> settings)
    {
        var program = new WorkerProgram(folder);
        // setpriv is part of every Debian; what it asks of the kernel stays in force over exec.
        var start = new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", .. program.CommandLine])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
        };
        foreach (var argument in Arguments(rpc, id))
        {
            start.ArgumentList.Add(argument);
        }

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
    public async Task StopAsync()
    {
        try
        {
            await Exited.WaitAsync(Grace);
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
    private sealed class WorkerProgram(string folder)
    {
        public IReadOnlyList<string> CommandLine { get; } = Read(folder);

        private static IReadOnlyList<string> Read(string folder)
        {
            var file = Path.Combine(folder, "worker.config.json");
            if (!File.Exists(file))
            {
                throw new FileNotFoundException($"There is no functions app in {folder}: worker.config.json is missing. Publish it first.");
            }

            using var config = JsonDocument.Parse(File.ReadAllBytes(file));
            var description = config.RootElement.GetProperty("description");
            var program = description.GetProperty("defaultExecutablePath").GetString()!;
            var worker = description.TryGetProperty("defaultWorkerPath", out var path) ? path.GetString() : null;
            return worker is null
                ? [Path.Combine(folder, program)]
                : [program, Path.Combine(folder, worker)];
        }
    }
}
