using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Renci.SshNet.OpenSsh;

/// <summary>A directory that only this user can enter and that never touches a disk: keys, the control socket, the question pipe.</summary>
internal sealed class PrivateDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int ReadWriteEnter = 7;
    private const string Prefix = "sshnet-";

    private static readonly string[] s_memory = ["/dev/shm", "/run"];
    private static readonly Lazy<string> s_root = new(FindRoot);

    private PrivateDirectory(string path) => Path = path;

    public string Path { get; }

    public static PrivateDirectory Create()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("This stand-in of SSH.NET drives the OpenSSH client of a Linux machine.");
        }

        var name = $"{Prefix}{Environment.ProcessId}-{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(0, 8))}";
        return new(Directory.CreateDirectory(System.IO.Path.Combine(s_root.Value, name), OwnerOnly).FullName);
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        var path = File(name);
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0, // no copy of a key in a managed buffer
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        using FileStream file = new(path, options);
        file.Write(content);
        return path;
    }

    public string CreatePipe(string name)
    {
        var path = File(name);
        return mkfifo(path, (uint)OwnerFile) is 0
            ? path
            : throw new IOException($"Cannot create the pipe {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static string FindRoot()
    {
        var root = s_memory.FirstOrDefault(IsMemory)
            ?? throw new PlatformNotSupportedException("Neither /dev/shm nor /run is a tmpfs; private keys are not written to a disk.");
        Sweep(root);
        return root;
    }

    private static bool IsMemory(string path) => Directory.Exists(path) && new DriveInfo(path).DriveFormat is "tmpfs";

    /// <summary>A killed process leaves its directories, and connections that outlive it; both end here, once per process.</summary>
    private static void Sweep(string root)
    {
        foreach (var directory in new DirectoryInfo(root).EnumerateDirectories(Prefix + "*").Where(IsOrphan))
        {
            var socket = System.IO.Path.Combine(directory.FullName, Master.ControlSocket);
            if (System.IO.File.Exists(socket))
            {
                using var exit = Process.Start(Program.Create(["-S", socket, "-O", "exit", "--", "orphan"]))
                    ?? throw new InvalidOperationException("ssh did not start.");
                exit.WaitForExit();
            }

            directory.Delete(recursive: true);
        }
    }

    private static bool IsOrphan(DirectoryInfo directory) =>
        int.TryParse(directory.Name.Split('-')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var owner)
        && !Directory.Exists($"/proc/{owner}")
        && directory.UnixFileMode == OwnerOnly
        && access(directory.FullName, ReadWriteEnter) is 0; // another user's is left to that user, or to root

    [DllImport("libc", SetLastError = true)]
    private static extern int mkfifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int access([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);
}
