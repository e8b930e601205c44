namespace Launchpad.Images;

/// <summary>The smallest Debian that the release runs on, without what only a person at a terminal needs.</summary>
internal static class DebianBase
{
    public const string Release = "bookworm";

    /// <summary>The folder under infra/images that decides how it is installed.</summary>
    public const string Source = "debian";

    private const string Packages = "ca-certificates";

    public static string FolderName => DebianPackages.FolderName([Release, Packages, File.ReadAllText(Installer)]);

    private static string Installer => Path.Combine(SourceFolder.Path(Source), "install.sh");

    private static readonly string[] Dropped =
    [
        "dev", "proc", "sys", "run", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian",
        "usr/share/bash-completion", "var/cache", "var/lib/apt", "var/log", "etc/hostname", "etc/resolv.conf",
    ];

    public static Task InstallAsync(string folder, CancellationToken ct) =>
        Tool.RunAsync(Installer, [folder, Release, Packages], ct);

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
}
