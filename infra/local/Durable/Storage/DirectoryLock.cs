namespace Launchpad.Durable.Storage;

/// <summary>Holds the directory for this process. The operating system lets go of it when the process ends, however
/// it ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream file;

    public DirectoryLock(string directory)
    {
        Directories.CreatePrivate(directory);
        var owner = Path.Combine(directory, "owner");
        try
        {
            file = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException cause)
        {
            var who = File.Exists(owner) ? File.ReadAllText(owner) : "another process";
            throw new InvalidOperationException(
                $"The durable store in {directory} is in use by {who}. One process owns it at a time.", cause);
        }

        File.WriteAllText(owner, $"process {Environment.ProcessId}");
    }

    public void Dispose() => file.Dispose();
}

internal static class Directories
{
    /// <summary>Histories hold what customers typed: they are nobody else's to read.</summary>
    public static void CreatePrivate(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
