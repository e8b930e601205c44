using System.Diagnostics;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>Copies of a whole volume: for a candidate beside the bot that runs, and as the point to go back to. A copy gets its name last,
/// so one that was cut off is none.</summary>
internal static class Volumes
{
    // Whoever writes to the volume waits that long at most, even if this program dies: see FreezeAsync.
    private const int FrozenSecondsMax = 20;

    public static async Task<VolumeResult> RunAsync(VolumeRequest request)
    {
        using var held = await Locks.DeploymentAsync(request.Deployment);
        using var docker = new DockerEngine();
        return await (request.Action switch
        {
            VolumeAction.Copy => CopyToAsync(docker, request),
            VolumeAction.Keep => KeepAsync(docker, request),
            VolumeAction.Exchange => ExchangeAsync(docker, request),
            _ => ReturnAsync(docker, request),
        });
    }

    /// <summary>Waits for nobody: it only looks.</summary>
    public static Task<MeasureResult> MeasureAsync(MeasureRequest request) =>
        Task.FromResult(new MeasureResult(Volume.Storage(Paths.Of(request.Deployment))?.UsedMb ?? throw Absent()));

    /// <summary>As after a power cut: file system and databases are made for that. The other deployment begins with nothing else.</summary>
    private static async Task<VolumeResult> CopyToAsync(DockerEngine docker, VolumeRequest request)
    {
        var to = request.To!;
        using var held = await Locks.DeploymentAsync(to);
        var (source, target) = (Paths.Of(request.Deployment), Paths.Of(to));
        if (request.Kept is { } version)
        {
            EnsureKept(source, version);
        }

        var from = request.Kept is null ? source.Image : source.Kept;
        await Container.RemoveAsync(docker, to);
        await Volume.UnmountAsync(target);
        Directory.CreateDirectory(target.Folder);
        var known = DeploymentState.Read(to) ?? new DeploymentState(to);
        (known with { StorageMb = (int)(new FileInfo(from).Length >> 20), Files = new Dictionary<string, string>() }).Write();

        var clock = Stopwatch.StartNew();
        var frozen = request.Kept is null && Volume.IsMounted(source.Mount);
        if (frozen)
        {
            await FreezeAsync(source.Mount);
        }

        try
        {
            return await CopyAsync(from, target.Image, () => frozen && clock.Elapsed.TotalSeconds > FrozenSecondsMax - 2);
        }
        finally
        {
            if (frozen)
            {
                await Command.RunAsync("/usr/sbin/fsfreeze", ["--unfreeze", source.Mount]);
            }
        }
    }

    private static async Task<VolumeResult> KeepAsync(DockerEngine docker, VolumeRequest request)
    {
        var paths = Paths.Of(request.Deployment);
        await ReleaseAsync(docker, request.Deployment);
        if (File.Exists(paths.Image))
        {
            VolumeMark.Write(paths.Image, null);
        }

        return await CopyAsync(paths.Image, paths.Kept, () => false, request.Of);
    }

    /// <summary>Done once, however often it is asked for: each file is marked with the version that left it behind, and the two names
    /// change places in one call.</summary>
    private static async Task<VolumeResult> ExchangeAsync(DockerEngine docker, VolumeRequest request)
    {
        var clock = Stopwatch.StartNew();
        var paths = Paths.Of(request.Deployment);
        var wanted = request.Kept!.Value;
        if (VolumeMark.Read(paths.Image) != wanted)
        {
            EnsureKept(paths, wanted);
            await ReleaseAsync(docker, request.Deployment);
            VolumeMark.Write(paths.Image, request.Of);
            Libc.Exchange(paths.Image, paths.Kept);
        }

        return new VolumeResult(await Volume.AllocatedMbAsync(paths.Image), clock.ElapsedMilliseconds);
    }

    /// <summary>Where nothing of that version is kept, the volume was never taken from it.</summary>
    private static async Task<VolumeResult> ReturnAsync(DockerEngine docker, VolumeRequest request)
    {
        var clock = Stopwatch.StartNew();
        var paths = Paths.Of(request.Deployment);
        await ReleaseAsync(docker, request.Deployment);
        if (VolumeMark.Read(paths.Kept) == request.Kept)
        {
            VolumeMark.Write(paths.Image, request.Of);
            Libc.Exchange(paths.Image, paths.Kept);
        }

        return new VolumeResult(await Volume.AllocatedMbAsync(paths.Image), clock.ElapsedMilliseconds);
    }

    private static async Task ReleaseAsync(DockerEngine docker, string deployment)
    {
        await Container.RemoveAsync(docker, deployment);
        await Volume.UnmountAsync(Paths.Of(deployment));
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

    private static VmFailure Absent() => new(VmErrorCode.NotFound, "There is no volume, or none was kept.", retryable: false);

    private static async Task<VolumeResult> CopyAsync(string from, string to, Func<bool> isTooLate, int? mark = null)
    {
        if (!File.Exists(from))
        {
            throw Absent();
        }

        var clock = Stopwatch.StartNew();
        var used = await Volume.AllocatedMbAsync(from);
        Volume.EnsureSpace((long)used << 20);
        var next = to + ".new";
        File.Delete(next);
        var copied = await Command.RunAsync("/usr/bin/cp", ["--sparse=always", "--reflink=auto", from, next]);
        if (!copied.Ok || isTooLate())
        {
            File.Delete(next);
            throw new VmFailure(
                VmErrorCode.VolumeFailed,
                copied.Ok ? $"The volume holds {used} MB: too much to copy while the bot waits." : $"The volume was not copied: {copied.Error}",
                retryable: !copied.Ok);
        }

        VolumeMark.Write(next, mark);
        File.Move(next, to, overwrite: true);
        return new VolumeResult(used, clock.ElapsedMilliseconds);
    }

    /// <summary>Who freezes and dies leaves a bot that hangs for good. So the thaw is started first, as a process of its own, and the freeze
    /// comes only then. The one script has no value in it: the path is its argument.</summary>
    private static async Task FreezeAsync(string mount)
    {
        var thaw = new ProcessStartInfo(
            "/usr/bin/setsid",
            ["--fork", "/bin/sh", "-c", "exec </dev/null >/dev/null 2>&1; sleep \"$1\"; exec /usr/sbin/fsfreeze --unfreeze \"$2\"",
                "thaw", $"{FrozenSecondsMax}", mount]);
        using (var started = Process.Start(thaw))
        {
            await started!.WaitForExitAsync();
        }

        var frozen = await Command.RunAsync("/usr/sbin/fsfreeze", ["--freeze", mount]);
        if (!frozen.Ok)
        {
            throw new VmFailure(VmErrorCode.VolumeFailed, $"The volume could not be held still: {frozen.Error}", retryable: true);
        }
    }
}
