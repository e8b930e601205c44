using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Vms;
using Microsoft.Win32.SafeHandles;

namespace Launchpad.Vm;

/// <summary>
/// Writes files into a volume that its tenant writes to as well. The tenant may have put a link to /etc/shadow where a file is due:
/// every step of a path is opened without following links, and a file gets its place by rename, which replaces a link and never writes
/// through it.
/// </summary>
internal static class TenantFiles
{
    private const string Temporary = ".launchpad-next";
    private static readonly int FolderMode = Convert.ToInt32("750", 8);
    private static readonly int FileMode = Convert.ToInt32("640", 8);

    public static string HashOf(VmFile file) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Content)));

    /// <summary>Writes what differs from <paramref name="known"/> (path to hash as last written) or is absent.</summary>
    /// <returns>The paths written.</returns>
    public static IReadOnlyList<string> Converge(
        string root, IReadOnlyList<VmFile> files, IReadOnlyDictionary<string, string> known, int owner)
    {
        var written = new List<string>();
        using var folder = Libc.OpenFolder(root);
        foreach (var file in files)
        {
            if (known.GetValueOrDefault(file.Path) == HashOf(file) && File.Exists($"{root}/{file.Path}"))
            {
                continue;
            }

            try
            {
                Write(folder, file, owner);
            }
            catch (Win32Exception error)
            {
                throw Explain(error, file.Path);
            }

            written.Add(file.Path);
        }

        return written;
    }

    private static VmFailure Explain(Win32Exception error, string path) => error.NativeErrorCode is Libc.NoSpace or Libc.QuotaExceeded
        ? new(VmErrorCode.NoSpace, $"The volume is full: {path} does not fit. Free space on it, or choose a larger plan.", retryable: false)
        : new(VmErrorCode.PathBlocked, $"{path} could not be written into the volume: {error.Message}", retryable: false);

    private static void Write(SafeFileHandle root, VmFile file, int owner)
    {
        var segments = file.Path.Split('/');
        var folder = root;
        try
        {
            foreach (var segment in segments[..^1])
            {
                var next = OpenOrMake(folder, segment, owner);
                Close(folder);
                folder = next;
            }

            TryRemove(folder, Temporary);
            using (var handle = Libc.Open(folder, Temporary, Libc.WriteOnly | Libc.Create | Libc.Exclusive, FileMode))
            {
                Libc.GiveTo(handle, owner, FileMode);
                RandomAccess.Write(handle, Encoding.UTF8.GetBytes(file.Content), 0);
                RandomAccess.FlushToDisk(handle);
            }

            Libc.Rename(folder, Temporary, segments[^1]);
        }
        catch (IOException error)
        {
            throw new Win32Exception(Libc.NoSpace, error.Message);
        }
        finally
        {
            Close(folder);
        }

        void Close(SafeFileHandle handle)
        {
            if (handle != root)
            {
                handle.Dispose();
            }
        }
    }

    private static SafeFileHandle OpenOrMake(SafeFileHandle folder, string name, int owner)
    {
        try
        {
            return Libc.Open(folder, name, Libc.Directory);
        }
        catch (Win32Exception error) when (error.NativeErrorCode == Libc.NoEntry)
        {
            Libc.MakeFolder(folder, name, FolderMode);
            var made = Libc.Open(folder, name, Libc.Directory);
            Libc.GiveTo(made, owner, FolderMode);
            return made;
        }
    }

    private static void TryRemove(SafeFileHandle folder, string name)
    {
        try
        {
            Libc.Remove(folder, name);
        }
        catch (Win32Exception error) when (error.NativeErrorCode == Libc.NoEntry)
        {
            // The usual case: the last run ended in order.
        }
    }
}
