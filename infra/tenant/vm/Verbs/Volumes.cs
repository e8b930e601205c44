using System.Diagnostics;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>A volume as a whole: copied for a candidate beside the bot that runs, kept as the point to go back to, and the one that takes
/// another's place.</summary>
internal static class Volumes
{
    // Whoever writes to the volume waits that long at most, even if this program dies.
    private static readonly TimeSpan HeldMax = TimeSpan.FromSeconds(18);

    public static async Task<VolumeResult> RunAsync(VolumeRequest request)
    {
        using var fetched = request.Action is VolumeAction.Discard || request.Backup is not null
            ? await Locks.RestoreAsync(request.Deployment) : null;
        using var held = await Locks.DeploymentAsync(request.Deployment);
        using var docker = new DockerEngine();
        var paths = Paths.Of(request.Deployment);
        FinishBringing(paths);
        var clock = Stopwatch.StartNew();
        var image = await (request.Action switch
        {
            VolumeAction.Copy => CopyToAsync(docker, paths, request),
            VolumeAction.Keep => KeepAsync(docker, paths, request),
            VolumeAction.Exchange => ExchangeAsync(docker, paths, request),
            VolumeAction.Bring => BringAsync(docker, paths, request),
            VolumeAction.Discard => DiscardAsync(paths),
            _ => ReturnAsync(docker, paths, request),
        });
        return new VolumeResult(File.Exists(image) ? await Volume.AllocatedMbAsync(image) : 0, clock.ElapsedMilliseconds);
    }

    /// <summary>Waits for nobody: it only looks.</summary>
    public static Task<MeasureResult> MeasureAsync(MeasureRequest request) =>
        Task.FromResult(new MeasureResult(Volume.Storage(Paths.Of(request.Deployment))?.UsedMb ?? throw VolumeCopy.Absent()));

    /// <summary>Where bringing was cut off between its last two steps: the volume that was there lies in the place of what was fetched, and
    /// is known by having the mark of no backup.</summary>
    public static void FinishBringing(Paths paths)
    {
        if (File.Exists(paths.Fetched) && VolumeMark.ReadBackup(paths.Fetched) is null)
        {
            File.Move(paths.Fetched, paths.Kept, overwrite: true);
        }
    }

    /// <summary>As after a power cut: file system and databases are made for that. The other deployment begins with nothing else.</summary>
    private static async Task<string> CopyToAsync(DockerEngine docker, Paths source, VolumeRequest request)
    {
        var to = request.To!;
        using var held = await Locks.DeploymentAsync(to);
        var target = Paths.Of(to);
        var from = SourceOf(source, request);
        await ReleaseAsync(docker, to);
        Directory.CreateDirectory(target.Folder);
        var known = DeploymentState.Read(to) ?? new DeploymentState(to);
        (known with { StorageMb = (int)(new FileInfo(from).Length >> 20), Files = new Dictionary<string, string>() }).Write();

        if (from != source.Image || !Volume.IsMounted(source.Mount))
        {
            await VolumeCopy.MakeAsync(from, target.Image);
            return target.Image;
        }

        await using var hold = await Hold.BeginAsync(source.Mount, HeldMax);
        await VolumeCopy.MakeAsync(from, target.Image, hold, HeldMax);
        return target.Image;
    }

    private static string SourceOf(Paths source, VolumeRequest request)
    {
        switch (request)
        {
            case { Kept: { } version }:
                EnsureKept(source, version);
                return source.Kept;
            case { Backup: { } backup }:
                EnsureFetched(source, backup);
                return source.Fetched;
            default:
                return File.Exists(source.Image) ? source.Image : throw VolumeCopy.Absent();
        }
    }

    private static async Task<string> KeepAsync(DockerEngine docker, Paths paths, VolumeRequest request)
    {
        await ReleaseAsync(docker, request.Deployment);
        if (File.Exists(paths.Image))
        {
            VolumeMark.Write(paths.Image, null);
        }

        await VolumeCopy.MakeAsync(paths.Image, paths.Kept, mark: request.Of);
        return paths.Kept;
    }

    /// <summary>Done once, however often it is asked for: each file is marked with the version that left it behind, and the two names
    /// change places in one call.</summary>
    private static async Task<string> ExchangeAsync(DockerEngine docker, Paths paths, VolumeRequest request)
    {
        var wanted = request.Kept!.Value;
        if (VolumeMark.Read(paths.Image) != wanted)
        {
            EnsureKept(paths, wanted);
            await ReleaseAsync(docker, request.Deployment);
            VolumeMark.Leave(paths.Image, request.Of);
            Libc.Exchange(paths.Image, paths.Kept);
        }

        return paths.Image;
    }

    /// <summary>Where nothing of that version is kept, the volume was never taken from it.</summary>
    private static async Task<string> ReturnAsync(DockerEngine docker, Paths paths, VolumeRequest request)
    {
        await ReleaseAsync(docker, request.Deployment);
        if (VolumeMark.Read(paths.Kept) == request.Kept)
        {
            VolumeMark.Leave(paths.Image, request.Of);
            Libc.Exchange(paths.Image, paths.Kept);
        }

        return paths.Image;
    }

    /// <summary>What was fetched is brought as long as it lies there; a volume with its mark and nothing there is one that was brought.
    /// Cut off after the exchange, <see cref="FinishBringing"/> does the rest.</summary>
    private static async Task<string> BringAsync(DockerEngine docker, Paths paths, VolumeRequest request)
    {
        if (VolumeMark.ReadBackup(paths.Fetched) != request.Backup && VolumeMark.ReadBackup(paths.Image) == request.Backup)
        {
            return paths.Image;
        }

        EnsureFetched(paths, request.Backup!);
        await ReleaseAsync(docker, request.Deployment);

        // Before the volume changes: what the files were is said of the one that goes.
        if (DeploymentState.Read(request.Deployment) is { } state)
        {
            (state with { Files = new Dictionary<string, string>() }).Write();
        }

        if (File.Exists(paths.Image))
        {
            VolumeMark.Leave(paths.Image, request.Of);
            Libc.Exchange(paths.Image, paths.Fetched);
            FinishBringing(paths);
        }
        else
        {
            File.Move(paths.Fetched, paths.Image);
        }

        return paths.Image;
    }

    private static async Task<string> DiscardAsync(Paths paths)
    {
        await Volume.DropAsync(paths.FetchImage, paths.FetchMount);
        File.Delete(paths.Identity);
        if (Directory.Exists(paths.Folder))
        {
            File.Delete(paths.Fetched);
        }

        return paths.Image;
    }

    private static async Task ReleaseAsync(DockerEngine docker, string deployment)
    {
        await Container.RemoveAsync(docker, deployment);
        await Volume.UnmountAsync(Paths.Of(deployment).Mount);
    }

    private static void EnsureKept(Paths paths, int version)
    {
        var kept = VolumeMark.Read(paths.Kept);
        if (kept != version)
        {
            throw new VmFailure(
                VmErrorCode.NotFound,
                kept is null
                    ? $"The data of version {version} is not kept on this machine."
                    : $"The data of version {version} is not kept any more: what is kept is that of version {kept}.",
                retryable: false);
        }
    }

    private static void EnsureFetched(Paths paths, string backup)
    {
        var fetched = VolumeMark.ReadBackup(paths.Fetched);
        if (fetched != backup)
        {
            throw new VmFailure(
                VmErrorCode.NotFound,
                fetched is null
                    ? $"The backup {backup} was not fetched to this machine."
                    : $"The backup {backup} is not on this machine any more: what was fetched last is {fetched}.",
                retryable: false);
        }
    }
}
