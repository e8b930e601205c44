using System.Diagnostics;
using System.Text;
using Launchpad.Shared.Vms;
using Launchpad.Vm.Backups;

namespace Launchpad.Vm.Verbs;

/// <summary>Makes a volume of a backup, beside the one that is there. It gets its name last, when it was read to its end and is known to be
/// what was packed: one that was cut off, or damaged, is none.</summary>
internal sealed class Restore(RestoreRequest request, StepLog log)
{
    private readonly Paths _paths = Paths.Of(request.Deployment);

    private string Data => $"{_paths.FetchMount}/data";

    public async Task<RestoreResult> RunAsync()
    {
        var clock = Stopwatch.StartNew();
        using var only = await Locks.RestoreAsync(request.Deployment);
        await PrepareAsync();
        try
        {
            if (IsThere())
            {
                await Volume.MountAsync(_paths.Fetched, _paths.FetchMount);
                return new(request.Backup, await CountAsync(), Fetched: false, clock.ElapsedMilliseconds);
            }

            var (contents, isFetched) = await FetchAsync();
            return new(request.Backup, contents, isFetched, clock.ElapsedMilliseconds);
        }
        finally
        {
            File.Delete(_paths.Identity);
            await Volume.DropAsync(_paths.FetchImage, _paths.FetchMount);
        }
    }

    private bool IsThere() => VolumeMark.ReadBackup(_paths.Fetched) == request.Backup
        && new FileInfo(_paths.Fetched).Length == (long)request.StorageMb << 20;

    /// <summary>Whatever there will be to clean up is known before it is there.</summary>
    private async Task PrepareAsync()
    {
        using var held = await Locks.DeploymentAsync(request.Deployment);
        Directory.CreateDirectory(_paths.Folder);
        if (DeploymentState.Read(request.Deployment) is null)
        {
            new DeploymentState(request.Deployment) { StorageMb = request.StorageMb }.Write();
        }

        Volumes.FinishBringing(_paths);
        await Volume.DropAsync(_paths.FetchImage, _paths.FetchMount);
    }

    private async Task<(VmContents Contents, bool IsFetched)> FetchAsync()
    {
        VmContents? contents = null;
        var isFetched = false;
        await log.StepAsync(VmSteps.Fetch, async () =>
        {
            log.Started(VmSteps.Fetch);
            File.Delete(_paths.Fetched);
            await Volume.CreateAsync(_paths.FetchImage, (long)request.StorageMb << 20);
            await Volume.MountAsync(_paths.FetchImage, _paths.FetchMount);
            isFetched = await FillAsync();
            contents = await CountAsync();
            await TakeNameAsync();
            return $"{request.StoredBytes} bytes {(isFetched ? "from the store" : "that were kept here")}";
        });
        return (contents!, isFetched);
    }

    /// <returns>Whether the store was asked.</returns>
    private async Task<bool> FillAsync()
    {
        using var docker = new DockerEngine();
        var owner = Container.User + await UserNamespace.OffsetAsync(docker);
        Volume.GiveRoot(_paths.FetchMount, owner);
        await using var kept = await FindKeptAsync();
        var received = new Receiving(request);
        WriteIdentity();
        var unpacked = await Archive.UnpackAsync(Data, owner, _paths.Identity, request.ArchiveBytes, input => kept is null
            ? received.FromStoreAsync(input)
            : received.FromFileAsync(kept, input));
        File.Delete(_paths.Identity);
        received.EnsureWhole(unpacked, new DriveInfo(_paths.FetchMount).AvailableFreeSpace);
        var flushed = await Command.RunAsync("/usr/bin/sync", ["--file-system", _paths.FetchMount], patience: TimeSpan.FromMinutes(10));
        return flushed.Ok ? kept is null : throw new VmFailure(
            VmErrorCode.NoSpace, $"The VM's disk does not take the backup: it is full, or broken. {flushed.Error}", retryable: false);
    }

    /// <summary>Open from here on: a backup that is made meanwhile may take it off the disk.</summary>
    private async Task<FileStream?> FindKeptAsync()
    {
        var path = KeptArchives.PathOf(Paths.Of(request.Of), request.Backup);
        if (!File.Exists(path))
        {
            return null;
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0);
        if (file.Length == request.StoredBytes && (await Digest.OfAsync(file)).Sha256() == request.StoredSha256)
        {
            file.Position = 0;
            return file;
        }

        await file.DisposeAsync();
        return null;
    }

    private void WriteIdentity()
    {
        File.Delete(_paths.Identity);
        using var file = new FileStream(_paths.Identity, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(Encoding.ASCII.GetBytes(request.Identity));
    }

    private Task<VmContents> CountAsync() => new Contents(Data, $"{_paths.Folder}/count-fetched").CountAsync([]);

    /// <summary>On the disk first: after a power cut the name must not stand for less.</summary>
    private async Task TakeNameAsync()
    {
        await Volume.UnmountAsync(_paths.FetchMount);
        using (var image = File.OpenHandle(_paths.FetchImage, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(image);
        }

        VolumeMark.WriteBackup(_paths.FetchImage, request.Backup);
        File.Move(_paths.FetchImage, _paths.Fetched, overwrite: true);
    }
}
