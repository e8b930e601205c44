using System.Runtime.InteropServices;

namespace Launchpad.Shared.Accounts;

/// <summary>Long computations, each on a thread of its own that the scheduler puts after all others. Whoever else wants the processor has it at
/// once; on a machine that is busy throughout, about a tenth of a core is left for it, so it still ends.</summary>
internal static class BackgroundThread
{
    /// <summary>Of Linux, from -20 (first) to 19 (last). A thread that is put back can never come forward again, so none is used twice.</summary>
    private const int Nice = 10;

    private const int ThisThread = 0;

    public static Task<T> RunAsync<T>(Func<T> work)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(work, result)) { IsBackground = true, Name = nameof(BackgroundThread), Priority = ThreadPriority.BelowNormal };
        thread.Start();
        return result.Task;
    }

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> result)
    {
        try
        {
            // The runtime knows no priorities on Linux. One that cannot be set is none the worse.
            _ = OperatingSystem.IsLinux() ? SetPriority(default, ThisThread, Nice) : default;
            result.SetResult(work());
        }
        catch (Exception e)
        {
            result.SetException(e);
        }
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [DllImport("libc", EntryPoint = "setpriority")]
    private static extern int SetPriority(int which, int who, int nice);
}
