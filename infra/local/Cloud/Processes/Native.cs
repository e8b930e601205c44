using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Launchpad.Local.Processes;

/// <summary>The few system calls that the base library does not offer.</summary>
internal static partial class Native
{
    public const int Terminate = 15;
    public const int Kill = 9;
    public const int Continue = 18;

    private const int DirectoryOnly = 0x10000;
    private const int WriteCreateAppend = 0x1 | 0x40 | 0x400;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short NewSession = 0x80;
    private const short ReadyToRead = 0x1;
    private const int DoNotHang = 1;
    private const int Interrupted = 4;

    // More than glibc's largest of these structures on any platform.
    private const int OpaqueBytes = 512;

    /// <summary>A rename is durable only once its directory is.</summary>
    public static void SyncDirectory(string path)
    {
        var descriptor = Check(open(path, DirectoryOnly));
        try
        {
            _ = Check(fsync(descriptor));
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    /// <summary>Starts a program in a session of its own, its output appended to a file by itself: it needs nothing of this
    /// process and outlives it.</summary>
    public static unsafe int SpawnDetached(
        string program, IEnumerable<string> arguments, IEnumerable<string> environment, string directory, string logPath)
    {
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        var signals = stackalloc byte[OpaqueBytes];
        using var argumentList = new StringList([program, .. arguments]);
        using var environmentList = new StringList(environment);
        CheckCode(posix_spawn_file_actions_init(actions));
        CheckCode(posix_spawnattr_init(attributes));
        try
        {
            CheckCode(posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0));
            CheckCode(posix_spawn_file_actions_addopen(actions, 1, logPath, WriteCreateAppend, 0x180));
            CheckCode(posix_spawn_file_actions_adddup2(actions, 1, 2));
            CheckCode(posix_spawn_file_actions_addchdir_np(actions, directory));

            // This runtime ignores SIGPIPE and blocks signals at times; a child must not inherit either.
            _ = sigfillset(signals);
            CheckCode(posix_spawnattr_setsigdefault(attributes, signals));
            _ = sigemptyset(signals);
            CheckCode(posix_spawnattr_setsigmask(attributes, signals));
            CheckCode(posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask | NewSession));
            var code = posix_spawn(out var pid, program, actions, attributes, argumentList.Pointer, environmentList.Pointer);
            return code == 0 ? pid : throw new Win32Exception(code, $"{program} cannot be started: {new Win32Exception(code).Message}");
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>A descriptor that means this process and never another that got its number; negative when there is none.</summary>
    public static int OpenProcess(int pid) => pidfd_open(pid, 0);

    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>False when the process has ended.</summary>
    public static bool Signal(int processDescriptor, int signal) => pidfd_send_signal(processDescriptor, signal, 0, 0) == 0;

    /// <summary>Blocks until the process ends, then frees its entry in the process table if it was a child of this one.</summary>
    public static void WaitForExit(int processDescriptor, int pid)
    {
        var wanted = new PollDescriptor { Descriptor = processDescriptor, Events = ReadyToRead };
        while (poll(ref wanted, 1, -1) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw new Win32Exception(error);
            }
        }

        _ = waitpid(pid, out _, DoNotHang);
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private static void CheckCode(int code)
    {
        if (code != 0)
        {
            throw new Win32Exception(code);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pidfd_open(int pid, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pidfd_send_signal(int descriptor, int signal, nint info, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollDescriptor descriptors, nuint count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, out int status, int options);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn(
        out int pid, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static unsafe partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static unsafe partial int sigfillset(byte* signals);

    [LibraryImport("libc")]
    private static unsafe partial int sigemptyset(byte* signals);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>A null-terminated array of C strings.</summary>
    private sealed unsafe class StringList : IDisposable
    {
        private readonly int _count;

        public StringList(IEnumerable<string> strings)
        {
            var list = strings.ToList();
            _count = list.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
            {
                Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(list[i]);
            }
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
            {
                Marshal.FreeCoTaskMem((nint)Pointer[i]);
            }

            NativeMemory.Free(Pointer);
        }
    }
}
