namespace Launchpad.Images;

/// <summary>What was built before on this machine. A folder appears under its name only when it is complete.</summary>
public sealed class BuildCache(string root)
{
    private static readonly TimeSpan LockWait = TimeSpan.FromMinutes(20);

    public string SigningFolder => Path.Combine(root, "signing");

    public async Task<string> FolderAsync(string name, Func<string, Task> fill)
    {
        var folder = Path.Combine(root, "images", name);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var temporary = Directory.CreateDirectory(Path.Combine(root, "images", $".{name}-{Guid.NewGuid():N}")).FullName;
        try
        {
            await fill(temporary);
            Directory.Move(temporary, folder);
            return folder;
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    /// <summary>One build at a time for the whole machine, however many stacks run on it.</summary>
    public async Task<IDisposable> LockAsync(Progress progress, CancellationToken ct)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "images")).FullName, ".lock");
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(200))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited < LockWait)
            {
                if (waited == TimeSpan.Zero)
                {
                    progress.Note("waiting for another build on this machine");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
            }
        }
    }
}
