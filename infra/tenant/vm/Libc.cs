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
    public const int InputOutput = 5;
    public const int Exists = 17;
    public const int NoSpace = 28;
    public const int NoData = 61;
    public const int Interrupted = 4;
    public const int QuotaExceeded = 122;

    private const int SetPipeSize = 1031;
    private const int CurrentDirectory = -100;
    private const int Killed = 9;
    private const uint RenameExchange = 2;
    private const int AttributeMax = 64;

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

    /// <summary>Waits until nobody can read any more what is written there.</summary>
    public static void WaitUntilUnread(int descriptor)
    {
        var asked = new PollDescriptor { Descriptor = descriptor };
        while (poll(ref asked, 1, -1) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
            asked.Returned = 0;
        }
    }

    /// <summary>How much a pipe holds before its writer waits. Where the system allows no more, it stays as it is.</summary>
    public static void Widen(SafePipeHandle pipe, int bytes) => _ = fcntl((int)pipe.DangerousGetHandle(), SetPipeSize, bytes);

    /// <summary>Out of the process group and the session of whoever started this program.</summary>
    public static void StartSession() => Check(setsid(), nameof(setsid));

    /// <summary>Ends a process and all of its group at once; what is gone already is ended.</summary>
    public static void KillGroup(int leader)
    {
        // Between its start and its setsid it is not yet a group.
        _ = kill(-leader, Killed);
        _ = kill(leader, Killed);
    }

    public static void GiveTo(SafeFileHandle file, int owner, int mode)
    {
        Check(Within(file, fd => fchown(fd, owner, owner)), "fchown");
        Check(Within(file, fd => fchmod(fd, mode)), "fchmod");
    }

    /// <summary>Two names of one file system change what they mean, at once.</summary>
    public static void Exchange(string one, string other) =>
        Check(renameat2(CurrentDirectory, one, CurrentDirectory, other, RenameExchange), other);

    /// <summary>Null when the file has no such attribute, or is not there.</summary>
    public static string? GetAttribute(string path, string name)
    {
        var value = new byte[AttributeMax];
        var length = getxattr(path, name, value, value.Length);
        if (length < 0 && Marshal.GetLastPInvokeError() is not (NoData or NoEntry))
        {
            throw Failure(path);
        }

        return length < 0 ? null : System.Text.Encoding.UTF8.GetString(value, 0, (int)length);
    }

    public static void SetAttribute(string path, string name, byte[] value) =>
        Check(setxattr(path, name, value, value.Length, 0), path);

    /// <summary>It may be absent already.</summary>
    public static void RemoveAttribute(string path, string name)
    {
        if (removexattr(path, name) < 0 && Marshal.GetLastPInvokeError() != NoData)
        {
            throw Failure(path);
        }
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

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getxattr(string path, string name, [Out] byte[] value, nint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setxattr(string path, string name, byte[] value, nint size, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int removexattr(string path, string name);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int file, int owner, int group);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int file, int mode);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Asked;
        public short Returned;
    }
}
