using System.Diagnostics;
using System.Security.Cryptography;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Tests.Unit;

public sealed class CloudInitTests
{
    [Fact]
    public void OpenSSH_reads_our_keys_and_agrees_on_the_fingerprint()
    {
        // Leading zeros and high bits of the numbers come up only now and then.
        for (var i = 0; i < 12; i++)
        {
            var key = SshKeyPair.Generate();
            var folder = Directory.CreateTempSubdirectory("launchpad-keys-");
            var file = Path.Combine(folder.FullName, "key");
            File.WriteAllText(file, key.PrivateKeyPem);
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
            Assert.Equal(key.PublicKey, Run("ssh-keygen", "-y", "-f", file).Trim());
            Assert.Contains($"SHA256:{key.Sha256} ", Run("ssh-keygen", "-l", "-f", file), StringComparison.Ordinal);
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_key_pair_does_not_print_its_private_half()
    {
        var key = SshKeyPair.Generate();
        Assert.DoesNotContain(key.PrivateKeyPem.Split('\n')[2], key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void User_data_holds_the_keys_and_no_open_placeholder()
    {
        var (host, client) = (SshKeyPair.Generate(), SshKeyPair.Generate());
        var data = CloudInit.UserData(host.PrivateKeyPem, host.PublicKey, client.PublicKey);
        Assert.StartsWith("#cloud-config\n", data, StringComparison.Ordinal);
        Assert.DoesNotContain(" ${", data.Replace("${…}", "", StringComparison.Ordinal).Split("write_files")[0], StringComparison.Ordinal);
        var authorized = $"restrict,command=\\\"/usr/local/sbin/launchpad-vm-entry\\\" {client.PublicKey}\"";
        Assert.Contains(authorized, Plain(data), StringComparison.Ordinal);
        Assert.DoesNotContain(client.PrivateKeyPem.Split('\n')[2], data, StringComparison.Ordinal);
    }

    [Fact]
    public void A_public_key_that_is_not_one_line_is_refused()
    {
        var key = SshKeyPair.Generate();
        foreach (var bad in Payloads.All.Select(payload => key.PublicKey + "\n" + payload).Append(""))
        {
            Assert.Throws<ArgumentException>(() => CloudInit.UserData(key.PrivateKeyPem, key.PublicKey, bad));
        }
    }

    [Fact]
    public void Each_pair_is_another() =>
        Assert.NotEqual(SHA256.HashData(Bytes(SshKeyPair.Generate())), SHA256.HashData(Bytes(SshKeyPair.Generate())));

    // The encoder may spell a quote and a plus either way.
    private static string Plain(string data) =>
        data.Replace("\\u0022", "\\\"", StringComparison.Ordinal).Replace("\\u002B", "+", StringComparison.Ordinal);

    private static byte[] Bytes(SshKeyPair key) => System.Text.Encoding.ASCII.GetBytes(key.PublicKey);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
