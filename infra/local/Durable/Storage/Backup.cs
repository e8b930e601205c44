namespace Launchpad.Durable.Storage;

/// <summary>Copies a store as it is at one moment, beside the engine that goes on writing it. The copy is a store of its own: its files
/// cannot be mistaken for the original's.</summary>
internal sealed class Backup(string directory, Reader reader)
{
    public void Make(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new IOException($"{folder} is not empty: a backup does not overwrite anything.");
        }

        if (folder.StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) + "/", StringComparison.Ordinal))
        {
            throw new IOException($"{folder} is inside of what is to be backed up.");
        }

        var unfinished = $"{folder}.new";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directories.CreatePrivate(unfinished);
        reader.CopyTo(Store.Database(unfinished));
        CopyNeighbours(unfinished);
        MakeItsOwn(unfinished);
        if (Integrity.ProblemsOf(unfinished) is [var problem, ..])
        {
            throw new InvalidDataException($"The copy is not sound, and so perhaps the store is not either: {problem}");
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder);
        }

        Directory.Move(unfinished, folder);
        Posix.Sync(Path.GetDirectoryName(folder)!);
    }

    /// <summary>What others keep in folders of the same directory, such as when timers fired last, belongs to its state as well.</summary>
    private void CopyNeighbours(string unfinished)
    {
        foreach (var folder in Directory.EnumerateDirectories(directory))
        {
            var copy = Directory.CreateDirectory(Path.Combine(unfinished, Path.GetFileName(folder))).FullName;
            foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
                Posix.SyncFile(Path.Combine(copy, Path.GetFileName(file)));
            }

            Posix.Sync(copy);
        }
    }

    private static void MakeItsOwn(string directory)
    {
        var store = Guid.NewGuid();
        using (var copy = new Connection(Store.Database(directory)))
        {
            copy.Execute($"UPDATE owner SET store = '{store}'");
            using var mark = HighWaterMark.Create(Store.Mark(directory), store, copy.Scalar("SELECT commits FROM owner"));
        }

        Posix.SyncFile(Store.Database(directory));
        Posix.Sync(directory);
    }
}
