using System.IO.MemoryMappedFiles;

namespace Launchpad.Durable.Storage;

/// <summary>How many commits the database has had, kept beside it: a database that has fewer has lost some. The file is mapped, so
/// a commit costs one store in memory; after a power cut it may be behind, but never ahead.</summary>
internal sealed class HighWaterMark : IDisposable
{
    private const long Magic = 0x314B52414D50444C;
    private const long Inverse = -1;
    private const int Size = 4096;
    private const int StoreAt = 8;
    private const int CommitsAt = 24;
    private const int CheckAt = 32;

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    private HighWaterMark(string path)
    {
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, Size, MemoryMappedFileAccess.ReadWrite);
        view = file.CreateViewAccessor(0, Size);
    }

    public Guid Store
    {
        get
        {
            view.Read<Guid>(StoreAt, out var store);
            return store;
        }
    }

    public long Commits
    {
        get => view.ReadInt64(CommitsAt);
        set
        {
            view.Write(CommitsAt, value);
            view.Write(CheckAt, value ^ Inverse);
        }
    }

    // A process that died between the two stores of one commit leaves them one apart.
    private bool IsSound => view.ReadInt64(0) == Magic && Commits - (view.ReadInt64(CheckAt) ^ Inverse) is 0 or 1;

    /// <summary>Null when there is none, or none that can be believed.</summary>
    public static HighWaterMark? Find(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != Size)
        {
            return null;
        }

        var mark = new HighWaterMark(path);
        if (mark.IsSound)
        {
            return mark;
        }

        mark.Dispose();
        return null;
    }

    public static HighWaterMark Create(string path, Guid store, long commits)
    {
        var fresh = $"{path}.new";
        File.WriteAllBytes(fresh, new byte[Size]);
        using (var mark = new HighWaterMark(fresh))
        {
            mark.view.Write(0, Magic);
            mark.view.Write(StoreAt, ref store);
            mark.Commits = commits;
            mark.view.Flush();
        }

        Posix.SyncFile(fresh);
        File.Move(fresh, path, overwrite: true);
        Posix.Sync(Path.GetDirectoryName(path)!);
        return new(path);
    }

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
