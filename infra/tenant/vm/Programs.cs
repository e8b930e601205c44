namespace Launchpad.Vm;

/// <summary>Every build of the control plane puts its program beside those before it. This one and the one before it stay, in case the build
/// is taken back, and whatever a job still runs.</summary>
internal static class Programs
{
    public const string Root = "/opt/launchpad";

    public static void Sweep() => Sweep(Root, Environment.ProcessPath!);

    /// <param name="root">A folder for each program, named by its hash.</param>
    /// <param name="own">The program that runs.</param>
    internal static void Sweep(string root, string own)
    {
        var current = Path.GetDirectoryName(own)!;
        if (Path.GetDirectoryName(current) != root)
        {
            return;
        }

        var running = Running();
        var others = Directory.GetDirectories(root)
            .Where(folder => folder != current && !Path.GetFileName(folder).StartsWith('.'))
            .OrderByDescending(folder => File.GetLastWriteTimeUtc(Path.Combine(folder, Path.GetFileName(own))));
        foreach (var old in others.Skip(1).Where(folder => !running.Contains(folder)))
        {
            try
            {
                Directory.Delete(old, recursive: true);
            }
            catch (IOException)
            {
                // What is asked for does not wait for this: the next job tries again.
                return;
            }
        }
    }

    private static HashSet<string?> Running() =>
    [
        .. Directory.GetDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _))
            .Select(process => Path.GetDirectoryName(Executable(process))),
    ];

    private static string? Executable(string process)
    {
        try
        {
            return File.ResolveLinkTarget($"{process}/exe", returnFinalTarget: false)?.FullName;
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
