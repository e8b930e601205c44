using System.Diagnostics;
using System.Text;

namespace Launchpad.Local.Tests.Machines;

/// <summary>A host key and a client key, the user data that plants them, and OpenSSH's own client to try them.</summary>
public sealed class Keys : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("launchpad-keys-");

    public Keys()
    {
        Generate("host");
        Generate("client");
    }

    public void Dispose() => _directory.Delete(recursive: true);

    public string HostPublic => File.ReadAllText(Path.Combine(_directory.FullName, "host.pub")).Trim();

    public string HostPrivate => File.ReadAllText(Path.Combine(_directory.FullName, "host"));

    /// <param name="more">Further top-level keys of the cloud-config.</param>
    public string UserData(string more = "") =>
        $"""
        #cloud-config
        ssh_deletekeys: true
        ssh_keys:
          ed25519_private: |
        {string.Join('\n', HostPrivate.TrimEnd().Split('\n').Select(line => "    " + line))}
          ed25519_public: {HostPublic}
        users:
          - name: launchpad
            shell: /bin/bash
            sudo: "ALL=(ALL) NOPASSWD:ALL"
            ssh_authorized_keys: ["{File.ReadAllText(Path.Combine(_directory.FullName, "client.pub")).Trim()}"]
        {more}
        """;

    /// <summary>Runs a command on the machine, whose host key must be the one that was planted.</summary>
    public async Task<(int ExitCode, string Output)> SshAsync(string address, int port, params string[] command)
    {
        var known = Path.Combine(_directory.FullName, "known_hosts");
        var host = port == 22 ? address : $"[{address}]:{port}";
        await File.WriteAllTextAsync(known, $"{host} {string.Join(' ', HostPublic.Split(' ')[..2])}\n");
        using var ssh = Process.Start(new ProcessStartInfo(
            "ssh",
            [
                "-F", "none", "-i", Path.Combine(_directory.FullName, "client"),
                "-o", $"UserKnownHostsFile={known}", "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=3",
                "-p", port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "launchpad@" + address, .. command,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (ssh.StandardOutput.ReadToEndAsync(), ssh.StandardError.ReadToEndAsync());
        await ssh.WaitForExitAsync();
        return (ssh.ExitCode, new StringBuilder(await output).Append(await errors).ToString());
    }

    private void Generate(string name)
    {
        var path = Path.Combine(_directory.FullName, name);
        using var keygen = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path]);
        keygen.WaitForExit();
        Assert.Equal(0, keygen.ExitCode);
    }
}
