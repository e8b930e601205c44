using System.Runtime.InteropServices;

namespace Launchpad.Durable;

/// <summary>The few calls that .NET has no words for.</summary>
internal static partial class Posix
{
    /// <summary>The exit code of a process that lost its log (EX_IOERR).</summary>
    public const int InputOutputError = 74;

    private const int KillSignal = 9;
    private const int StopSignal = 19;
    private const int ReadOnly = 0;
    private const int ReadOnlyDirectory = 0x10000;

    /// <summary>Freezes this process, all threads of it, until somebody continues or kills it.</summary>
    public static void Freeze() => Signal(StopSignal);

    public static void Kill() => Signal(KillSignal);

    /// <summary>Makes names in a directory survive a power cut; the bytes of a file alone do not.</summary>
    public static void Sync(string directory) => Sync(directory, ReadOnlyDirectory);

    public static void SyncFile(string path) => Sync(path, ReadOnly);

    private static void Signal(int signal)
    {
        if (kill(Environment.ProcessId, signal) != 0)
        {
            throw new IOException($"kill failed with {Marshal.GetLastPInvokeError()}");
        }
    }

    private static void Sync(string path, int flags)
    {
        var descriptor = open(path, flags);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var result = fsync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        if (result != 0)
        {
            throw new IOException($"Cannot sync {path}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Ends this process at once: no handler runs that might go on as if nothing had happened.</summary>
    public static void Exit(int code) => _exit(code);

    [LibraryImport("libc")]
    private static partial void _exit(int code);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
