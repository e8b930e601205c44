using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Launchpad.Vm;

/// <summary>
/// The calls that .NET has no word for: walking a folder that somebody else writes to without following what they put there.
/// </summary>
internal static partial class Libc
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int Directory = 0x10000;
    public const int NoFollow = 0x20000;
    public const int CloseOnExec = 0x80000;

    public const int NoEntry = 2;
    public const int Exists = 17;
    public const int NoSpace = 28;
    public const int QuotaExceeded = 122;

    private const int CurrentDirectory = -100;

    public static SafeFileHandle OpenFolder(string path) =>
        Check(openat(CurrentDirectory, path, ReadOnly | Directory | NoFollow | CloseOnExec, 0), path);

    public static SafeFileHandle Open(SafeFileHandle folder, string name, int flags, int mode = 0)
    {
        var descriptor = Within(folder, fd => openat(fd, name, flags | NoFollow | CloseOnExec, mode));
        return Check(descriptor, name);
    }

    public static void MakeFolder(SafeFileHandle folder, string name, int mode) =>
        Check(Within(folder, fd => mkdirat(fd, name, mode)), name);

    public static void Rename(SafeFileHandle folder, string from, string to) =>
        Check(Within(folder, fd => renameat(fd, from, fd, to)), to);

    public static void Remove(SafeFileHandle folder, string name) => Check(Within(folder, fd => unlinkat(fd, name, 0)), name);

    public static void GiveTo(SafeFileHandle file, int owner, int mode)
    {
        Check(Within(file, fd => fchown(fd, owner, owner)), "fchown");
        Check(Within(file, fd => fchmod(fd, mode)), "fchmod");
    }

    private static int Within(SafeFileHandle handle, Func<int, int> call)
    {
        var held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            return call((int)handle.DangerousGetHandle());
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static SafeFileHandle Check(int descriptor, string path) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(path);

    private static void Check(long result, string path)
    {
        if (result < 0)
        {
            throw Failure(path);
        }
    }

    private static Win32Exception Failure(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new Win32Exception(error, $"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int folder, string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(int folder, string path, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat(int fromFolder, string from, int toFolder, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlinkat(int folder, string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int file, int owner, int group);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int file, int mode);
}
