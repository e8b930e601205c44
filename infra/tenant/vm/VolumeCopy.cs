using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>A volume's file, copied. A copy gets its name last, so one that was cut off is none.</summary>
internal static class VolumeCopy
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(10);

    /// <param name="hold">What keeps the volume still, when something may write to it.</param>
    /// <param name="mark">The config version that leaves the volume behind.</param>
    public static async Task<int> MakeAsync(string from, string to, Hold? hold = null, TimeSpan? patience = null, int? mark = null) =>
        await TryMakeAsync(from, to, hold, patience, mark) ?? throw new VmFailure(
            VmErrorCode.VolumeFailed,
            $"The volume holds {await Volume.AllocatedMbAsync(from)} MB: too much to copy while the bot waits.",
            retryable: false);

    /// <returns>What it takes, mebibytes; null when there was not enough time.</returns>
    public static async Task<int?> TryMakeAsync(
        string from, string to, Hold? hold = null, TimeSpan? patience = null, int? mark = null)
    {
        if (!File.Exists(from))
        {
            throw Absent();
        }

        var used = await Volume.AllocatedMbAsync(from);
        Volume.EnsureSpace((long)used << 20);
        var next = to + ".new";
        File.Delete(next);
        try
        {
            var copied = await Command.RunAsync(
                "/usr/bin/cp", ["--sparse=always", "--reflink=auto", from, next], patience: patience ?? PatienceMax);
            if (!copied.Ok)
            {
                throw new VmFailure(VmErrorCode.VolumeFailed, $"The volume was not copied: {copied.Error}", retryable: true);
            }

            if (hold is { IsOver: true })
            {
                return null;
            }

            VolumeMark.Write(next, mark);
            File.Move(next, to, overwrite: true);
            return used;
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            File.Delete(next);
        }
    }

    public static VmFailure Absent() => new(VmErrorCode.NotFound, "There is no volume, or none was kept.", retryable: false);
}
