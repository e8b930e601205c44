using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Launchpad.Vm;

/// <summary>Runs a program of the VM from an argument list: no shell, a clean environment, a deadline, bounded output.</summary>
internal static class Command
{
    private const int OutputMax = 1 << 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly ConcurrentDictionary<Process, bool> Running = new();

    /// <summary>Nothing that this program started outlives it.</summary>
    public static void KillAll()
    {
        foreach (var process in Running.Keys)
        {
            Kill(process);
        }
    }

    public static async Task<Outcome> RunAsync(string program, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LC_ALL"] = "C";

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        using var deadline = new CancellationTokenSource(Deadline);
        Running[process] = true;
        try
        {
            var output = ReadAsync(process.StandardOutput, deadline.Token);
            var error = ReadAsync(process.StandardError, deadline.Token);
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
            return new Outcome(process.ExitCode, await output, (await error).Trim());
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            throw new TimeoutException($"{program} did not end within {Deadline.TotalSeconds} s");
        }
        finally
        {
            Running.TryRemove(process, out _);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
        }
    }

    // What is over the bound is read and dropped, so that the program never blocks on a full pipe.
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken ct)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        for (int n; (n = await reader.ReadAsync(buffer, ct)) > 0;)
        {
            text.Append(buffer, 0, Math.Min(n, OutputMax - text.Length));
        }

        return text.ToString();
    }

    internal sealed record Outcome(int ExitCode, string Output, string Error)
    {
        public bool Ok => ExitCode == 0;
    }
}
