using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Images;

/// <summary>What was built before on this machine. A folder appears under its name only when it is complete.</summary>
public sealed class BuildCache(string root)
{
    private const int BuiltKept = 2;
    private static readonly TimeSpan LockWait = TimeSpan.FromMinutes(20);

    private string ImagesFolder => Path.Combine(root, "images");

    /// <summary>Tells this cache from others of the machine.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(root))))[..8];

    public string SigningFolder => Path.Combine(root, "signing");

    public async Task<string> FolderAsync(string name, Func<string, Task> fill)
    {
        var folder = Path.Combine(ImagesFolder, name);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var temporary = Directory.CreateDirectory(Path.Combine(ImagesFolder, $".{name}-{Guid.NewGuid():N}")).FullName;
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

    /// <summary>Of an image that was built from several inputs in turn, only the newest are kept: each is hundreds of megabytes.</summary>
    public void Prune(string image)
    {
        var built = new DirectoryInfo(ImagesFolder).EnumerateDirectories($"{image}-*").OrderByDescending(folder => folder.CreationTimeUtc);
        foreach (var old in built.Skip(BuiltKept))
        {
            old.Delete(recursive: true);
        }

        // Those of inputs that changed before anything was built of them.
        foreach (var layers in Directory.EnumerateDirectories(ImagesFolder, $"layers-{image}-*"))
        {
            Directory.Delete(layers, recursive: true);
        }
    }

    /// <summary>One build at a time for the whole machine, however many stacks run on it.</summary>
    public async Task<IDisposable> LockAsync(Progress progress, CancellationToken ct)
    {
        var path = Path.Combine(Directory.CreateDirectory(ImagesFolder).FullName, ".lock");
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(200))
        {
            try
            {
                var exclusive = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                SweepUp();
                return exclusive;
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

    // A build that was killed leaves its unfinished folder; whoever holds the lock knows that nobody works in it.
    private void SweepUp()
    {
        foreach (var unfinished in Directory.EnumerateDirectories(ImagesFolder, ".*"))
        {
            Directory.Delete(unfinished, recursive: true);
        }
    }
}
