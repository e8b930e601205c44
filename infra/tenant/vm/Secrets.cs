using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>Secrets of a deployment: files on a tmpfs of their own, readable by the container's user only, gone with the power.</summary>
internal static class Secrets
{
    // No secret's name begins with a point.
    private const string Temporary = ".next-";
    private static readonly int FileMode = Convert.ToInt32("400", 8);
    private static readonly int FolderMode = Convert.ToInt32("500", 8);

    public static async Task<string?> ConvergeAsync(Paths paths, IReadOnlyList<VmSecret>? secrets, int owner)
    {
        if (secrets is null)
        {
            return Version(paths) is not null
                ? null
                : throw new VmFailure(
                    VmErrorCode.SecretsMissing,
                    "The VM holds no secrets of this deployment (it may have been restarted); send them.",
                    retryable: false);
        }

        await MountAsync(paths);
        if (Version(paths) is not null && AreThere(paths, secrets))
        {
            return null;
        }

        using var folder = Libc.OpenFolder(paths.Secrets);
        RemoveWhere(IsTemporary);
        try
        {
            foreach (var secret in secrets)
            {
                using var file = Libc.Open(folder, Temporary + secret.Name, Libc.WriteOnly | Libc.Create | Libc.Exclusive, FileMode);
                Libc.GiveTo(file, owner, FileMode);
                RandomAccess.Write(file, Encoding.UTF8.GetBytes(secret.Value), 0);
            }
        }
        catch (IOException)
        {
            RemoveWhere(IsTemporary);
            throw;
        }

        // All of them have found room. The version goes before the first takes its place and comes after the last: in between a container
        // that was built on the old secrets no longer matches.
        File.Delete(paths.SecretsVersion);
        foreach (var secret in secrets)
        {
            Libc.Rename(folder, Temporary + secret.Name, secret.Name);
        }

        RemoveWhere(name => secrets.All(secret => secret.Name != name));
        Libc.GiveTo(folder, owner, FolderMode);
        WholeFile.Write(paths.SecretsVersion, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))));
        return $"{secrets.Count} written";

        void RemoveWhere(Func<string, bool> isOver)
        {
            foreach (var name in Directory.GetFiles(paths.Secrets).Select(path => Path.GetFileName(path)).Where(isOver))
            {
                Libc.Remove(folder, name);
            }
        }
    }

    private static bool IsTemporary(string name) => name.StartsWith(Temporary, StringComparison.Ordinal);

    /// <summary>
    /// A random name for the present set of secrets, null when there is none. It stands for them in the container's label, where a hash
    /// of the values would let anyone who reads it test guesses.
    /// </summary>
    public static string? Version(Paths paths) => File.Exists(paths.SecretsVersion) ? File.ReadAllText(paths.SecretsVersion) : null;

    public static string? Read(Paths paths, string name)
    {
        var path = $"{paths.Secrets}/{name}";
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    public static async Task<bool> RemoveAsync(Paths paths)
    {
        var folder = Path.GetDirectoryName(paths.Secrets)!;
        if (!Directory.Exists(folder))
        {
            return false;
        }

        if (Volume.IsMounted(folder))
        {
            await RunAsync("/usr/bin/umount", [folder]);
        }

        Directory.Delete(folder, recursive: true);
        return true;
    }

    private static async Task MountAsync(Paths paths)
    {
        var folder = Path.GetDirectoryName(paths.Secrets)!;
        Directory.CreateDirectory(folder);
        if (!Volume.IsMounted(folder))
        {
            // The container's root is another user here and has to pass through; it cannot list.
            await RunAsync("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=4m,mode=0711,nosuid,nodev,noexec", "launchpad-secrets", folder]);
        }

        Directory.CreateDirectory(paths.Secrets);
    }

    private static bool AreThere(Paths paths, IReadOnlyList<VmSecret> secrets) =>
        Directory.GetFiles(paths.Secrets).Length == secrets.Count
        && secrets.All(secret => Read(paths, secret.Name) is { } present
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(present), Encoding.UTF8.GetBytes(secret.Value)));

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments)
    {
        var outcome = await Command.RunAsync(program, arguments);
        if (!outcome.Ok)
        {
            throw new VmFailure(
                VmErrorCode.VolumeFailed, $"The memory for secrets could not be made ready: {outcome.Error}", retryable: true);
        }
    }
}
