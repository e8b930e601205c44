using System.Globalization;

namespace Launchpad.Local.Processes;

/// <summary>A process, child of this one or not, that cannot be mistaken for a later one with the same number.</summary>
internal sealed class RunningProcess : IDisposable
{
    private readonly int _descriptor;

    private RunningProcess(int pid, long startedAt, int descriptor)
    {
        (Pid, StartedAt, _descriptor) = (pid, startedAt, descriptor);
        Exited = Task.Factory.StartNew(
            () => Native.WaitForExit(descriptor, pid), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public int Pid { get; }

    /// <summary>In clock ticks since boot, as the kernel counts them.</summary>
    public long StartedAt { get; }

    public Task Exited { get; }

    /// <summary>Null when there is no such process any more.</summary>
    public static RunningProcess? Find(int pid, long? startedAt = null)
    {
        var descriptor = Native.OpenProcess(pid);
        if (descriptor < 0)
        {
            return null;
        }

        // Read after the descriptor was opened: if the number still belongs to that start, so does the descriptor.
        if (StartOf(pid) is { } started && (startedAt ?? started) == started)
        {
            return new RunningProcess(pid, started, descriptor);
        }

        Native.Close(descriptor);
        return null;
    }

    /// <summary>Also wakes it: a process that was suspended could not hear.</summary>
    public void Terminate()
    {
        Native.Signal(_descriptor, Native.Terminate);
        Native.Signal(_descriptor, Native.Continue);
    }

    /// <summary>Asks it to end and, if it does not in time, ends it.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        Terminate();
        try
        {
            await Exited.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            Native.Signal(_descriptor, Native.Kill);
            await Exited;
        }
    }

    // The waiting thread uses the descriptor for as long as the process lives.
    public void Dispose() => _ = Exited.ContinueWith(_ => Native.Close(_descriptor), TaskScheduler.Default);

    public static bool LeadsSession(int pid) => Status(pid) is { } fields && fields[3] == pid.ToString(CultureInfo.InvariantCulture);

    private static long? StartOf(int pid) =>
        Status(pid) is [not ("Z" or "X"), ..] fields ? long.Parse(fields[19], CultureInfo.InvariantCulture) : null;

    // From the third field of proc(5) on: the second is the program's name, which may hold spaces and parentheses.
    private static string[]? Status(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
