using Launchpad.Shared.Vms;
using Launchpad.Vm.Backups;

namespace Launchpad.Vm.Verbs;

/// <summary>Copies the volume as it is at one moment, and sends what is in the copy. Killed anywhere, the next run begins anew, and first
/// puts right what this one left.</summary>
internal sealed class Backup(BackupRequest request, StepLog log)
{
    private readonly Paths _paths = Paths.Of(request.Deployment);

    public async Task<BackupResult> RunAsync()
    {
        using var only = await Locks.BackupAsync(request.Deployment);
        if (!File.Exists(_paths.Image))
        {
            throw VolumeCopy.Absent();
        }

        try
        {
            var copy = await CopyAsync();
            await Volume.MountAsync(_paths.CopyImage, _paths.CopyMount);
            var data = new Contents($"{_paths.CopyMount}/data", $"{_paths.Folder}/count");
            var contents = await data.CountAsync(await data.LeaveOutAsync());
            var (stored, archive) = await SendAsync();
            return new(
                request.Backup, copy.At, stored.Length, stored.Sha256(), archive.Length, archive.Sha256(), contents,
                (long)copy.Held.TotalMilliseconds, (long)copy.Stopped.TotalMilliseconds);
        }
        finally
        {
            await Volume.DropAsync(_paths.CopyImage, _paths.CopyMount);
        }
    }

    private async Task<PointInTime> CopyAsync()
    {
        using var held = await Locks.DeploymentAsync(request.Deployment);
        using var docker = new DockerEngine();
        var copy = new PointInTime(docker, request, _paths);
        await log.StepAsync(VmSteps.Copy, async () =>
        {
            log.Started(VmSteps.Copy);
            await Alarm.EndAsync(docker, request.Deployment);
            await Volume.DropAsync(_paths.CopyImage, _paths.CopyMount);
            return await copy.MakeAsync();
        });
        return copy;
    }

    private async Task<(Digest Stored, Digest Archive)> SendAsync()
    {
        using var store = new BlobStore(request.To);
        using var kept = new KeptArchives(_paths.Backups, request.Keep);
        var stored = new Digest();
        Digest? archive = null;
        await log.StepAsync(VmSteps.Send, async () =>
        {
            log.Started(VmSteps.Send);
            await store.CreateAsync();
            kept.Begin(request.Backup);
            archive = await Archive.PackAsync(
                $"{_paths.CopyMount}/data", request.Recipient, output => UploadAsync(store, output, stored, kept));
            var isKept = kept.End();
            return $"{stored.Length} bytes{(isKept ? ", kept here too" : request.Keep > 0 ? ", not kept here: the disk is too full" : "")}";
        });
        return (stored, archive!);
    }

    /// <summary>One block is on its way while the next is made, and no more.</summary>
    private static async Task UploadAsync(BlobStore store, Stream output, Digest stored, KeptArchives kept)
    {
        var (block, next) = (new byte[BlobStore.BlockSize], new byte[BlobStore.BlockSize]);
        var sent = Task.CompletedTask;
        for (int n; (n = await FillAsync(block, output, stored)) > 0; (block, next) = (next, block))
        {
            kept.Add(block.AsSpan(0, n));
            await sent;
            sent = store.AppendAsync(block.AsMemory(0, n), stored.Length - n);
        }

        await sent;
    }

    /// <summary>What was read is hashed before more is: whoever writes fills the pipe meanwhile, and would wait for the hash of a whole block.</summary>
    private static async Task<int> FillAsync(byte[] block, Stream output, Digest stored)
    {
        var filled = 0;
        for (int n; filled < block.Length && (n = await output.ReadAsync(block.AsMemory(filled))) > 0; filled += n)
        {
            stored.Add(block.AsSpan(filled, n));
        }

        return filled;
    }
}
