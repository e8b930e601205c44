using System.Diagnostics;

namespace Launchpad.EndToEnd.Tests;

/// <summary>Processes, as the kernel shows and stops them.</summary>
internal static class Processes
{
    public static async Task SignalAsync(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until a process froze itself, or until <paramref name="other"/> is true and it did not freeze a moment later
    /// either. The other is looked at now and then only: asking costs what is asked more than a look at a process costs the kernel.</summary>
    public static async Task<bool> FreezesAsync(int pid, Func<Task<bool>> other, CancellationToken ct)
    {
        for (var looks = 1; !await IsFrozenAsync(pid, ct); looks++)
        {
            if (looks % 25 == 0 && await other())
            {
                await Task.Delay(500, ct);
                return await IsFrozenAsync(pid, ct);
            }

            await Task.Delay(20, ct);
        }

        return true;
    }

    /// <summary>The one process that this one has started.</summary>
    public static async Task<int> ChildOfAsync(int pid)
    {
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
        {
            if (await File.ReadAllTextAsync(Path.Combine(thread, "children")) is { Length: > 0 } children)
            {
                return int.Parse(children.Split(' ')[0], null);
            }
        }

        throw new InvalidOperationException($"Process {pid} has started no other.");
    }

    private static async Task<bool> IsFrozenAsync(int pid, CancellationToken ct)
    {
        try
        {
            return (await File.ReadAllTextAsync($"/proc/{pid}/stat", ct)).Split(')')[^1].TrimStart()[0] == 'T';
        }
        catch (IOException)
        {
            // It has ended.
            return false;
        }
    }
}
