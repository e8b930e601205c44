using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Launchpad.Local.Processes;

/// <summary>The few system calls that the base library does not offer.</summary>
internal static partial class Native
{
    private const int ReadOnlyDirectory = 0x10000;

    /// <summary>A rename is durable only once its directory is.</summary>
    public static void SyncDirectory(string path)
    {
        var descriptor = Check(open(path, ReadOnlyDirectory));
        try
        {
            _ = Check(fsync(descriptor));
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
