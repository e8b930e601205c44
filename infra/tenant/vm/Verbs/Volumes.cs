using System.Diagnostics;
using System.Globalization;
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
        var paths = Paths.Of(request.Deployment);
        return await (request.Action switch
        {
            VolumeAction.Copy => CopyToAsync(docker, request.Deployment, request.To!),
            VolumeAction.Keep => SwapAsync(docker, request.Deployment, paths.Image, paths.Kept),
            _ => SwapAsync(docker, request.Deployment, paths.Kept, paths.Image),
        });
    }

    /// <summary>As after a power cut: file system and databases are made for that. The other deployment begins with nothing else.</summary>
    private static async Task<VolumeResult> CopyToAsync(DockerEngine docker, string from, string to)
    {
        using var held = await Locks.DeploymentAsync(to);
        var (source, target) = (Paths.Of(from), Paths.Of(to));
        await Container.RemoveAsync(docker, to);
        await Volume.UnmountAsync(target);
        Directory.CreateDirectory(target.Folder);
        var known = DeploymentState.Read(to) ?? new DeploymentState(to);
        (known with { StorageMb = (int)(new FileInfo(source.Image).Length >> 20), Files = new Dictionary<string, string>() }).Write();

        var clock = Stopwatch.StartNew();
        var frozen = Volume.IsMounted(source.Mount);
        if (frozen)
        {
            await FreezeAsync(source.Mount);
        }

        try
        {
            return await CopyAsync(source.Image, target.Image, () => frozen && clock.Elapsed.TotalSeconds > FrozenSecondsMax - 2);
        }
        finally
        {
            if (frozen)
            {
                await Command.RunAsync("/usr/sbin/fsfreeze", ["--unfreeze", source.Mount]);
            }
        }
    }

    private static async Task<VolumeResult> SwapAsync(DockerEngine docker, string deployment, string from, string to)
    {
        var paths = Paths.Of(deployment);
        await Container.RemoveAsync(docker, deployment);
        await Volume.UnmountAsync(paths);
        return await CopyAsync(from, to, () => false);
    }

    private static async Task<VolumeResult> CopyAsync(string from, string to, Func<bool> isTooLate)
    {
        if (!File.Exists(from))
        {
            throw new VmFailure(VmErrorCode.NotFound, "There is no volume, or none was kept.", retryable: false);
        }

        var clock = Stopwatch.StartNew();
        var used = await UsedMbAsync(from);
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

        File.Move(next, to, overwrite: true);
        return new VolumeResult(used, clock.ElapsedMilliseconds);
    }

    private static async Task<int> UsedMbAsync(string path)
    {
        var outcome = await Command.RunAsync("/usr/bin/du", ["--block-size=1M", path]);
        return int.Parse(outcome.Output.Split('\t')[0], CultureInfo.InvariantCulture);
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
