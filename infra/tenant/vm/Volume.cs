using System.Globalization;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>
/// The disk of a deployment: an ext4 image of exactly the plan's size, mounted through a loop device. The file system itself is the quota,
/// on any kernel; the image is sparse, so an empty volume costs nothing.
/// </summary>
internal static class Volume
{
    // Without noinit_itable the kernel would write empty inode tables for minutes after, just when the bot boots.
    private const string Options = "loop,nosuid,nodev,noatime,noinit_itable";
    private const int LoopAttempts = 5;

    /// <summary>Creates, grows, shrinks and mounts as needed.</summary>
    /// <param name="release">Lets go of the volume before it has to be taken offline.</param>
    public static async Task<string?> ConvergeAsync(Paths paths, int storageMb, int owner, Func<Task> release)
    {
        var size = (long)storageMb << 20;
        var image = new FileInfo(paths.Image);
        if (image.Exists && image.Length == size && IsMounted(paths.Mount) && Directory.Exists(paths.Data))
        {
            return null;
        }

        var did = $"mounted {storageMb} MB";
        if (!image.Exists)
        {
            await CreateAsync(paths.Image, size);
            did = $"created {storageMb} MB";
        }
        else if (image.Length < size)
        {
            await release();
            await UnmountAsync(paths.Mount);
            await GrowAsync(paths, size);
            did = $"grown to {storageMb} MB";
        }
        else if (image.Length > size)
        {
            EnsureFits(paths, storageMb);
            await release();
            await UnmountAsync(paths.Mount);
            await ShrinkAsync(paths, size);
            did = $"shrunk to {storageMb} MB";
        }

        await MountAsync(paths.Image, paths.Mount);
        GiveRoot(paths.Mount, owner);
        return did;
    }

    public static bool IsMounted(string path) =>
        File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ', 3) is [_, var target, _] && target == path);

    public static async Task<bool> UnmountAsync(string mount)
    {
        if (!IsMounted(mount))
        {
            return false;
        }

        // The loop device frees itself with the last unmount.
        await RunAsync("/usr/bin/umount", [mount]);
        return true;
    }

    /// <summary>Takes a mount and its image away, whoever still looks at it.</summary>
    public static async Task DropAsync(string image, string mount)
    {
        if (IsMounted(mount))
        {
            await RunAsync("/usr/bin/umount", ["--lazy", mount]);
        }

        if (Directory.Exists(mount))
        {
            Directory.Delete(mount);
        }

        if (Directory.Exists(Path.GetDirectoryName(image)))
        {
            File.Delete(image);
            File.Delete(image + ".new");
        }
    }

    public static async Task CreateAsync(string image, long size)
    {
        EnsureSpace(size);
        var next = image + ".new";
        await using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.SetLength(size);
        }

        // No blocks reserved for root; what the file system does not use yet is not written.
        await RunAsync("/usr/sbin/mkfs.ext4", ["-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", next]);
        File.Move(next, image, overwrite: true);
    }

    // Offline: growing a mounted ext4 needs CAP_SYS_RESOURCE, which not every VM has.
    private static async Task GrowAsync(Paths paths, long size)
    {
        EnsureSpace(size - new FileInfo(paths.Image).Length);
        await CheckAsync(paths.Image, "grow");

        // The image gets its new length last: until then its length says that the file system has still to grow.
        await RunAsync("/usr/sbin/resize2fs", ["-f", paths.Image, Sectors(size)]);
        await using var file = new FileStream(paths.Image, FileMode.Open, FileAccess.Write);
        file.SetLength(size);
    }

    /// <summary>Null while it is not mounted.</summary>
    public static VmStorage? Storage(Paths paths) => IsMounted(paths.Mount) ? StorageOf(paths.Mount) : null;

    public static VmStorage StorageOf(string path)
    {
        var disk = new DriveInfo(path);
        return new((int)(disk.TotalSize >> 20), (int)((disk.TotalSize - disk.TotalFreeSpace) >> 20), (int)(disk.AvailableFreeSpace >> 20));
    }

    /// <summary>What the image takes of the machine's disk, mebibytes: it is sparse.</summary>
    public static async Task<int> AllocatedMbAsync(string image)
    {
        var outcome = await RunAsync("/usr/bin/du", ["--block-size=1M", image]);
        return int.Parse(outcome.Split('\t')[0], CultureInfo.InvariantCulture);
    }

    private static void EnsureFits(Paths paths, int storageMb)
    {
        if (Storage(paths)?.UsedMb is { } used && used > storageMb)
        {
            throw TooLarge(used, storageMb);
        }
    }

    // On a copy that takes the volume's name last: a file system whose shrinking was cut off is none.
    private static async Task ShrinkAsync(Paths paths, long size)
    {
        var next = paths.Image + ".new";
        EnsureSpace((long)await AllocatedMbAsync(paths.Image) << 20);
        await RunAsync("/usr/bin/cp", ["--sparse=always", "--reflink=auto", paths.Image, next]);
        await CheckAsync(next, "shrink");
        var shrunk = await Command.RunAsync("/usr/sbin/resize2fs", [next, Sectors(size)]);
        if (!shrunk.Ok)
        {
            File.Delete(next);
            throw TooLarge((int)(new FileInfo(paths.Image).Length >> 20), (int)(size >> 20));
        }

        await using (var file = new FileStream(next, FileMode.Open, FileAccess.Write))
        {
            file.SetLength(size);
        }

        File.Move(next, paths.Image, overwrite: true);
    }

    public static async Task MountAsync(string image, string path)
    {
        Directory.CreateDirectory(path);
        if (IsMounted(path))
        {
            return;
        }

        // Another VM on the same kernel may take the device between finding and mounting.
        for (var attempt = 1; ; attempt++)
        {
            await EnsureLoopNodeAsync();
            var mount = await Command.RunAsync("/usr/bin/mount", ["-t", "ext4", "-o", Options, image, path]);
            if (mount.Ok)
            {
                return;
            }

            if (attempt == LoopAttempts)
            {
                throw Failed($"the volume does not mount: {mount.Error}");
            }

            await Task.Delay(50 * attempt);
        }
    }

    // In a machine without udev the kernel names a free loop device that has no node yet.
    private static async Task EnsureLoopNodeAsync()
    {
        var device = (await RunAsync("/usr/sbin/losetup", ["--find"])).Trim();
        if (device.StartsWith("/dev/loop", StringComparison.Ordinal) && !File.Exists(device))
        {
            await RunAsync("/usr/bin/mknod", ["-m", "660", device, "b", "7", device["/dev/loop".Length..]]);
        }
    }

    /// <summary>Makes the folder that the bot has as its own.</summary>
    public static void GiveRoot(string mount, int owner)
    {
        using var root = Libc.OpenFolder(mount);
        if (!Directory.Exists($"{mount}/data"))
        {
            Libc.MakeFolder(root, "data", Convert.ToInt32("750", 8));
        }

        using var data = Libc.Open(root, "data", Libc.Directory);
        Libc.GiveTo(data, owner, Convert.ToInt32("750", 8));
    }

    /// <exception cref="VmFailure">When the VM has less.</exception>
    public static void EnsureSpace(long bytes)
    {
        var free = new DriveInfo(Paths.Root).AvailableFreeSpace;
        if (free < bytes)
        {
            throw new VmFailure(
                VmErrorCode.NoSpace,
                $"The VM has {free >> 20} MB free and {Math.Max(1, bytes >> 20)} MB are needed; place the deployment on another VM.",
                retryable: false);
        }
    }

    private static async Task CheckAsync(string image, string purpose)
    {
        var check = await Command.RunAsync("/usr/sbin/e2fsck", ["-f", "-p", image]);
        if (check.ExitCode > 1)
        {
            throw Failed($"the file system needs repair before it can {purpose}: {check.Output.Trim()} {check.Error}");
        }
    }

    private static string Sectors(long bytes) => (bytes / 512).ToString(CultureInfo.InvariantCulture) + "s";

    private static VmFailure TooLarge(int usedMb, int storageMb) => new(
        VmErrorCode.VolumeShrink,
        $"The volume holds {usedMb} MB and cannot become {storageMb} MB. Remove files from it, or keep the larger plan.",
        retryable: false);

    private static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments)
    {
        var outcome = await Command.RunAsync(program, arguments);
        return outcome.Ok ? outcome.Output : throw Failed($"{Path.GetFileName(program)} ended with {outcome.ExitCode}: {outcome.Error}");
    }

    private static VmFailure Failed(string message) =>
        new(VmErrorCode.VolumeFailed, $"The volume could not be made ready: {message}", retryable: true);
}
