using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Vms;
using Microsoft.Win32.SafeHandles;

namespace Launchpad.Vm;

/// <summary>
/// Writes files into a volume that its tenant writes to as well. The tenant may have put a link to /etc/shadow where a file is due:
/// every step of a path is opened without following links, and a file gets its place by rename, which replaces a link and never writes
/// through it. The tenant may also have filled the volume: no file gets its place before all of them are written.
/// </summary>
internal static class TenantFiles
{
    private const string Temporary = ".launchpad-next-";
    private const int BlockSize = 4096;

    // For folders, and for what the file system notes of it.
    private const int Slack = 64 << 10;
    private static readonly int FolderMode = Convert.ToInt32("750", 8);
    private static readonly int FileMode = Convert.ToInt32("640", 8);

    public static string HashOf(VmFile file) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Content)));

    /// <summary>Writes what differs from <paramref name="known"/> (path to hash as last written) or is absent.</summary>
    /// <returns>The paths written.</returns>
    public static IReadOnlyList<string> Converge(
        string root, IReadOnlyList<VmFile> files, IReadOnlyDictionary<string, string> known, int owner)
    {
        var due = files.Where(file => known.GetValueOrDefault(file.Path) != HashOf(file) || !File.Exists($"{root}/{file.Path}")).ToList();
        var staged = new List<Staged>();
        try
        {
            EnsureRoom(root, due);
            foreach (var file in due)
            {
                staged.Add(Stage(root, file, owner));
            }

            staged.ForEach(next => next.TakePlace());
        }
        finally
        {
            staged.ForEach(next => next.Dispose());
        }

        return [.. due.Select(file => file.Path)];
    }

    private static void EnsureRoom(string root, List<VmFile> due)
    {
        var needed = due.Sum(file => ((Encoding.UTF8.GetByteCount(file.Content) / BlockSize) + 1L) * BlockSize);
        if (due.Count > 0 && new DriveInfo(root).AvailableFreeSpace < needed + Slack)
        {
            throw Full(due[0].Path);
        }
    }

    private static VmFailure Full(string path) => new(
        VmErrorCode.NoSpace, $"The volume is full: {path} does not fit. Free space on it, or choose a larger plan.", retryable: false);

    private static VmFailure Explain(Win32Exception error, string path) => error.NativeErrorCode switch
    {
        Libc.NoSpace or Libc.QuotaExceeded => Full(path),

        // The volume has room for it and the disk beneath has not.
        Libc.InputOutput => new(VmErrorCode.NoSpace, $"The VM's disk does not take {path}: it is full, or broken.", retryable: false),
        _ => new(VmErrorCode.PathBlocked, $"{path} could not be written into the volume: {error.Message}", retryable: false),
    };

    private static Staged Stage(string root, VmFile file, int owner)
    {
        Staged? next = null;
        try
        {
            var segments = file.Path.Split('/');
            next = new Staged(Open(root, segments[..^1], owner), segments[^1], file.Path);
            next.Write(Encoding.UTF8.GetBytes(file.Content), owner);
            return next;
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            next?.Dispose();
            throw Explain(error as Win32Exception ?? new Win32Exception(error.HResult, error.Message), file.Path);
        }
    }

    private static SafeFileHandle Open(string root, IEnumerable<string> folders, int owner)
    {
        var folder = Libc.OpenFolder(root);
        foreach (var name in folders)
        {
            using var outer = folder;
            folder = OpenOrMake(outer, name, owner);
        }

        return folder;
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

    /// <summary>A file that is written, beside the place that it is to take.</summary>
    private sealed class Staged(SafeFileHandle folder, string name, string path) : IDisposable
    {
        private bool _isThere;

        public void Write(byte[] content, int owner)
        {
            TryRemove();
            using var handle = Libc.Open(folder, Temporary + name, Libc.WriteOnly | Libc.Create | Libc.Exclusive, FileMode);
            _isThere = true;
            Libc.GiveTo(handle, owner, FileMode);
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }

        public void TakePlace()
        {
            try
            {
                Libc.Rename(folder, Temporary + name, name);
                _isThere = false;
            }
            catch (Win32Exception error)
            {
                throw Explain(error, path);
            }
        }

        public void Dispose()
        {
            if (_isThere)
            {
                TryRemove();
            }

            folder.Dispose();
        }

        private void TryRemove()
        {
            try
            {
                Libc.Remove(folder, Temporary + name);
            }
            catch (Win32Exception error) when (error.NativeErrorCode == Libc.NoEntry)
            {
                // The usual case: the last run ended in order.
            }
        }
    }
}
