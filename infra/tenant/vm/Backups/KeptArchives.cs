namespace Launchpad.Vm.Backups;

/// <summary>
/// The newest encrypted archives of a deployment, on the machine's own disk: a restore does not have to fetch them. They are what the disk
/// has room for, and give way to everything else.
/// </summary>
internal sealed class KeptArchives(string folder, int keep) : IDisposable
{
    // Volumes are sparse: what they will take is free until they do.
    private const double ReserveShare = 0.2;

    private FileStream? _next;

    private static bool IsLow => new DriveInfo(Paths.Root) is var disk && disk.AvailableFreeSpace < disk.TotalSize * ReserveShare;

    public static string PathOf(Paths paths, string backup) => $"{paths.Backups}/{backup}";

    /// <summary>What was not ended is not kept.</summary>
    public void Dispose() => GiveUp();

    public void Begin(string backup)
    {
        foreach (var cutOff in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.new") : [])
        {
            File.Delete(cutOff);
        }

        if (keep > 0)
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Prune(keep - 1);
            _next = new FileStream($"{folder}/{backup}.new", new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
    }

    public void Add(ReadOnlySpan<byte> block)
    {
        try
        {
            while (_next is not null && IsLow)
            {
                if (Archives().LastOrDefault() is { } oldest)
                {
                    oldest.Delete();
                }
                else
                {
                    GiveUp();
                }
            }

            _next?.Write(block);
        }
        catch (IOException)
        {
            GiveUp();
        }
    }

    /// <returns>Whether it is kept.</returns>
    public bool End()
    {
        if (_next is not { } file)
        {
            Prune(keep);
            return false;
        }

        file.Dispose();
        _next = null;
        File.Move(file.Name, file.Name[..^".new".Length], overwrite: true);
        Prune(keep);
        return true;
    }

    private IEnumerable<FileInfo> Archives() => Directory.Exists(folder)
        ? new DirectoryInfo(folder).GetFiles().Where(file => file.Extension != ".new").OrderByDescending(file => file.LastWriteTimeUtc)
        : [];

    private void Prune(int left)
    {
        foreach (var old in Archives().Skip(left))
        {
            old.Delete();
        }
    }

    private void GiveUp()
    {
        if (_next is { } file)
        {
            _next = null;
            File.Delete(file.Name);
            Pipes.Close(file);
        }
    }
}
