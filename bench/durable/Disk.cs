using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Launchpad.Bench;

/// <summary>What every other figure is a multiple of.</summary>
internal static partial class Disk
{
    private const int Size = 4096;
    private const int Blocks = 4096;

    /// <summary>The median of a 4 KB write and fdatasync on a file whose blocks exist already.</summary>
    public static double FlushMicroseconds(string folder, int times)
    {
        var path = Path.Combine(folder, "flush");
        File.WriteAllBytes(path, new byte[Size * Blocks]);
        var block = new byte[Size];
        Random.Shared.NextBytes(block);
        var taken = new double[times];
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.FlushToDisk(file);
            for (var i = 0; i < times; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, block, (long)(i % Blocks) * Size);
                if (fdatasync(file) != 0)
                {
                    throw new IOException($"fdatasync: {Marshal.GetLastPInvokeErrorMessage()}");
                }

                taken[i] = Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
            }
        }

        File.Delete(path);
        return Figures.Percentile(taken, 0.5);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);
}
