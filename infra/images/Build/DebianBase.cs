namespace Launchpad.Images;

/// <summary>The smallest Debian that the release runs on, without what only a person at a terminal needs.</summary>
internal static class DebianBase
{
    public const string Release = "bookworm";
    private const string Packages = "ca-certificates";

    public static string FolderName => DebianPackages.FolderName([Release, Packages]);

    private static readonly string[] Dropped =
    [
        "dev", "proc", "sys", "run", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian",
        "usr/share/bash-completion", "var/cache", "var/lib/apt", "var/log", "etc/hostname", "etc/resolv.conf", "debootstrap",
    ];

    public static async Task InstallAsync(string folder, CancellationToken ct)
    {
        string[] arguments = ["--variant=minbase", $"--include={Packages}", Release, folder];
        var mirror = await MirrorAsync(ct);
        await Tool.RunAsync("debootstrap", mirror is null ? arguments : [.. arguments, mirror], ct);
    }

    public static void AddTo(LayerContent layer, string folder)
    {
        layer.AddTree(folder, "", Keeps);
        foreach (var empty in new[] { "dev", "proc", "sys", "var/log", "var/cache" })
        {
            layer.AddDirectory(empty);
        }
    }

    // Licences stay: they are the condition under which the rest may be there.
    private static bool Keeps(string path) =>
        !Dropped.Contains(path)
        && (path.Split('/') is not ["usr", "share", "doc", _, var name, ..] || name is "copyright");

    // Where this machine's own packages come from, if that is the release we want.
    private static async Task<string?> MirrorAsync(CancellationToken ct)
    {
        var targets = await Tool.RunAsync(
            "apt-get", ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", $"Codename: {Release}", "Component: main"], ct);
        return targets.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
    }
}
