namespace Launchpad.Durable.Storage;

/// <summary>Copies a store as it is at one moment, beside the engine that goes on writing it. The copy is a store of its own: its files
/// cannot be mistaken for the original's.</summary>
internal sealed class Backup(Reader reader, Payloads payloads)
{
    public void Make(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new IOException($"{folder} is not empty: a backup does not overwrite anything.");
        }

        var unfinished = $"{folder}.new";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directories.CreatePrivate(unfinished);
        using (payloads.Keep())
        {
            reader.CopyTo(Store.Database(unfinished));
            payloads.CopyTo(Directory.CreateDirectory(Payloads.Folder(unfinished)).FullName);
        }

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

    // It did not crash: what was running in it when the copy was made is not suspected of anything.
    private static void MakeItsOwn(string directory)
    {
        var store = Guid.NewGuid();
        using (var copy = new Connection(Store.Database(directory)))
        {
            copy.Execute($"UPDATE owner SET clean = 1, store = '{store}'");
            using var mark = HighWaterMark.Create(Store.Mark(directory), store, copy.Scalar("SELECT commits FROM owner"));
        }

        Posix.SyncFile(Store.Database(directory));
        Posix.Sync(directory);
    }
}
