using System.Globalization;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Backups;

/// <summary>
/// A folder as an encrypted archive: tar, zstd and age, each a program of the machine, with this one carrying what one writes to the next.
/// Owners are not kept, as every machine maps them its own way: all is the bot's.
/// </summary>
internal static class Archive
{
    private static readonly string Owner = Container.User.ToString(CultureInfo.InvariantCulture);

    /// <param name="send">Reads the encrypted archive to its end.</param>
    /// <returns>The tar archive inside.</returns>
    public static async Task<Digest> PackAsync(string folder, string recipient, Func<Stream, Task> send)
    {
        using var tar = Child.Start(
            "/usr/bin/tar", "--create", "--sort=name", "--format=posix",
            "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime", "--numeric-owner", $"--owner={Owner}", $"--group={Owner}",
            "--sparse", "--xattrs", "--xattrs-include=user.*", "--one-file-system", $"--directory={folder}", ".");
        using var zstd = Child.Start("/usr/bin/zstd", "-3", "-T1", "-q", "-c");
        using var age = Child.Start("/usr/bin/age", "-r", recipient);
        tar.Input.Close();
        var archive = new Digest();
        Task[] carried = [Pipes.CarryAsync(tar.Output, zstd.Input, archive), Pipes.CarryAsync(zstd.Output, age.Input)];
        await send(age.Output);
        await Task.WhenAll(carried);
        Ensure("age", await age.EndAsync());
        Ensure("zstd", await zstd.EndAsync());
        Ensure("tar", await tar.EndAsync());
        return archive;
    }

    /// <summary>Lays what is in the archive into a folder, as the bot's user, who can write nowhere else and make no device.</summary>
    /// <param name="identity">A file.</param>
    /// <param name="bytesMax">Of the tar archive.</param>
    /// <param name="send">Writes the encrypted archive.</param>
    public static async Task<Unpacked> UnpackAsync(string folder, int owner, string identity, long bytesMax, Func<Stream, Task> send)
    {
        using var age = Child.Start("/usr/bin/age", "-d", "-i", identity);
        using var zstd = Child.Start("/usr/bin/zstd", "-d", "-q", "-c");
        using var tar = Child.Start(
            "/usr/bin/setpriv", $"--reuid={owner}", $"--regid={owner}", "--clear-groups", "--no-new-privs", "--inh-caps=-all",
            "--bounding-set=-all", "/usr/bin/tar", "--extract", "--no-same-owner", "--same-permissions", "--no-overwrite-dir",
            "--delay-directory-restore", "--xattrs", "--xattrs-include=user.*", $"--directory={folder}");
        var archive = new Digest();
        Task[] carried = [Pipes.CarryAsync(age.Output, zstd.Input), Pipes.CarryAsync(zstd.Output, tar.Input, archive, bytesMax)];
        await send(age.Input);
        Pipes.Close(age.Input);
        await Task.WhenAll(carried);
        return new(archive, await age.EndAsync(), await zstd.EndAsync(), await tar.EndAsync());
    }

    private static void Ensure(string program, string? trouble)
    {
        if (trouble is not null)
        {
            throw new VmFailure(VmErrorCode.VolumeFailed, $"The data could not be packed: {program}: {trouble}", retryable: true);
        }
    }

    /// <summary>What came of it: each program's trouble in its own words, null for none.</summary>
    internal sealed record Unpacked(Digest Archive, string? Decrypting, string? Unzipping, string? Extracting);
}
