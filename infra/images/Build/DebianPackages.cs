using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Images;

/// <summary>Single Debian packages, fetched and checked by the machine's own apt.</summary>
internal static class DebianPackages
{
    public static string FolderName(IEnumerable<string> packages) =>
        "debian-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', packages))))[..12];

    /// <summary>Unpacks each package into a folder of its own name and leaves its control file beside it as <c>NAME.control</c>.</summary>
    public static async Task UnpackAsync(IReadOnlyList<string> packages, string folder, CancellationToken ct)
    {
        // Without a sandbox user: the folder is root's, and apt would warn that its own user cannot write there.
        var download = new ProcessStartInfo("apt-get", ["-q", "-o", "APT::Sandbox::User=root", "download", .. packages])
        {
            WorkingDirectory = folder,
        };
        await Tool.RunAsync(download, null, ct);
        foreach (var file in Directory.EnumerateFiles(folder, "*.deb"))
        {
            var name = Path.GetFileName(file).Split('_')[0];
            await Tool.RunAsync("dpkg-deb", ["--extract", file, Path.Combine(folder, name)], ct);
            var control = await Tool.RunAsync("dpkg-deb", ["--field", file], ct);
            await File.WriteAllTextAsync(Path.Combine(folder, name + ".control"), control, ct);
            File.Delete(file);
        }
    }
}
