using System.Diagnostics;
using System.Security.Cryptography;

namespace Launchpad.Images;

/// <summary>Installs exactly what a checked-in lock file names, by hash, and runs no package's install script.</summary>
internal static class Npm
{
    private static readonly string[] Manifests = ["package.json", "package-lock.json"];

    /// <summary>Names a folder by the lock that fills it.</summary>
    public static string FolderName(string source)
    {
        var hash = SHA256.HashData(File.ReadAllBytes(Path.Combine(SourceFolder.Path(source), "package-lock.json")));
        return $"npm-{source}-{Convert.ToHexStringLower(hash)[..12]}";
    }

    /// <param name="nodeFolder">The Node to install with: npm leaves out optional packages that do not fit the Node it runs on.</param>
    public static async Task InstallAsync(string source, string folder, string? nodeFolder, CancellationToken ct)
    {
        foreach (var manifest in Manifests)
        {
            File.Copy(Path.Combine(SourceFolder.Path(source), manifest), Path.Combine(folder, manifest));
        }

        await RunAsync(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"], folder, nodeFolder, ct);
    }

    public static Task<string> SbomAsync(string folder, string? nodeFolder, CancellationToken ct) =>
        RunAsync(["sbom", "--sbom-format", "cyclonedx", "--omit", "dev"], folder, nodeFolder, ct);

    private static Task<string> RunAsync(string[] arguments, string folder, string? nodeFolder, CancellationToken ct)
    {
        var start = new ProcessStartInfo("npm", arguments) { WorkingDirectory = folder };
        if (nodeFolder is not null)
        {
            start.Environment["PATH"] = $"{nodeFolder}:{start.Environment["PATH"]}";
        }

        return Tool.RunAsync(start, null, ct);
    }
}
