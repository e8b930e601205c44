using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Launchpad.Shared.Vms;

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

    /// <summary>A program whose streams are the caller's; <see cref="Forget"/> ends what has been begun here.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
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

        try
        {
            var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
            Running[process] = true;
            return process;
        }
        catch (Win32Exception error) when (error.NativeErrorCode == Libc.NoEntry)
        {
            throw new VmFailure(
                VmErrorCode.VolumeFailed, $"{Path.GetFileName(program)} is not on this machine: install it there.", retryable: false);
        }
    }

    public static void Forget(Process process) => Running.TryRemove(process, out _);

    /// <param name="patience">60 seconds, unless it is to have more or less.</param>
    public static async Task<Outcome> RunAsync(
        string program, IEnumerable<string> arguments, string? input = null, TimeSpan? patience = null)
    {
        using var process = Start(program, arguments);
        using var deadline = new CancellationTokenSource(patience ?? Deadline);
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
            throw new TimeoutException($"{program} did not end within {(patience ?? Deadline).TotalSeconds} s");
        }
        finally
        {
            Forget(process);
        }
    }

    /// <summary>What it started itself is left: none of these programs has others work for it. To kill a tree every process of the machine
    /// is read, and one that goes meanwhile makes that fail.</summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (Exception ended) when (ended is InvalidOperationException or Win32Exception)
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
