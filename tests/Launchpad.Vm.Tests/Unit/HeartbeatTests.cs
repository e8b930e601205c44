extern alias vm;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;
using HostKey = vm::Launchpad.Vm.HostKey;
using Sent = vm::Launchpad.Shared.Vms;
using Verb = vm::Launchpad.Vm.Verbs.Heartbeat;

namespace Launchpad.Vm.Tests.Unit;

/// <summary>Both ends of a heartbeat: what the VM's program sends is what the control plane takes.</summary>
public sealed class HeartbeatTests
{
    [Fact]
    public async Task What_a_machine_sends_is_taken_for_its_own_and_no_other_machines()
    {
        // Leading zeros of the numbers come up only now and then.
        for (var i = 0; i < 300; i++)
        {
            var pair = SshKeyPair.Generate();
            using var key = HostKey.Parse(pair.PrivateKeyPem);
            Assert.Equal(pair.Sha256, Convert.ToBase64String(SHA256.HashData(key.PublicBlob)).TrimEnd('='));

            using var post = Verb.Post(new("vm_1", "http://127.0.0.1/"), Report(), key);
            var body = await post.Content!.ReadAsByteArrayAsync();
            var time = long.Parse(Header(post, HeartbeatProof.TimeHeader));
            var signature = Convert.FromBase64String(Header(post, HeartbeatProof.SignatureHeader));
            var shown = Convert.FromBase64String(Header(post, HeartbeatProof.KeyHeader));
            Assert.True(HeartbeatSignature.IsValid(pair.Sha256, shown, "vm_1", time, body, signature));
            Assert.False(HeartbeatSignature.IsValid(pair.Sha256, shown, "vm_2", time, body, signature));
            Assert.False(HeartbeatSignature.IsValid(SshKeyPair.Generate().Sha256, shown, "vm_1", time, body, signature));
        }
    }

    [Fact]
    public async Task What_a_machine_tells_is_read_to_the_letter_and_what_is_new_in_it_is_skipped()
    {
        using var key = HostKey.Parse(SshKeyPair.Generate().PrivateKeyPem);
        using var post = Verb.Post(new("vm_1", "http://127.0.0.1/"), Report(), key);
        var body = await post.Content!.ReadAsStringAsync();
        var bot = Assert.Single(HeartbeatStore.Read(Encoding.UTF8.GetBytes(body)).Bots!);
        Assert.Equal(("dep_1", true, 3, 137, "r/i@sha256:1"), (bot.Deployment, bot.Ready, bot.Restarts, bot.ExitCode, bot.Image));
        Assert.Equal(new VmLimits(2048, 2, 10_240, 512), bot.Limits);
        Assert.Equal(new VmBotFile("openclaw.json", "aa", "bb"), Assert.Single(bot.Files));

        var newer = body.Replace("{\"at\"", "{\"mood\":\"fine\",\"at\"", StringComparison.Ordinal);
        Assert.NotEqual(body, newer);
        Assert.Single(HeartbeatStore.Read(Encoding.UTF8.GetBytes(newer)).Bots!);
        Assert.Throws<JsonException>(() => HeartbeatStore.Read("null"u8));
        Assert.Throws<JsonException>(() => HeartbeatStore.Read("[1"u8));
    }

    [Fact]
    public void A_key_that_is_none_is_refused()
    {
        var pem = SshKeyPair.Generate().PrivateKeyPem;
        Assert.Throws<FormatException>(() => HostKey.Parse(""));
        Assert.Throws<FormatException>(() => HostKey.Parse("not a key at all"));
        Assert.Throws<FormatException>(() => HostKey.Parse(string.Concat(pem.Split('\n')[..2])));
    }

    [Fact]
    public void The_host_key_that_ssh_keygen_makes_is_read_too()
    {
        var folder = Directory.CreateTempSubdirectory("launchpad-host-key-").FullName;
        try
        {
            var made = System.Diagnostics.Process.Start("ssh-keygen", ["-q", "-t", "ecdsa", "-b", "256", "-N", "", "-f", $"{folder}/key"]);
            made.WaitForExit();
            using var key = HostKey.Parse(File.ReadAllText($"{folder}/key"));
            Assert.Equal(File.ReadAllText($"{folder}/key.pub").Split(' ')[1], Convert.ToBase64String(key.PublicBlob));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_file_is_hashed_and_what_a_tenant_put_in_its_place_is_neither_followed_nor_waited_for()
    {
        var folder = Directory.CreateTempSubdirectory("launchpad-volume-").FullName;
        try
        {
            Directory.CreateDirectory($"{folder}/workspace");
            File.WriteAllText($"{folder}/workspace/AGENTS.md", "Be kind.");
            var hash = Convert.ToHexStringLower(SHA256.HashData("Be kind."u8));
            Assert.Equal(hash, vm::Launchpad.Vm.MachineReport.HashOf(folder, "workspace/AGENTS.md"));

            File.CreateSymbolicLink($"{folder}/link", "/etc/hostname");
            Directory.CreateSymbolicLink($"{folder}/elsewhere", $"{folder}/workspace");
            System.Diagnostics.Process.Start("mkfifo", [$"{folder}/pipe"]).WaitForExit();
            using (var big = File.Create($"{folder}/big"))
            {
                big.SetLength(2 << 20);
            }

            Assert.All(
                ["link", "elsewhere/AGENTS.md", "pipe", "big", "workspace", "absent", "absent/too"],
                path => Assert.Null(vm::Launchpad.Vm.MachineReport.HashOf(folder, path)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("""{"vm":"vm_01","url":"ftp://10.0.0.1/"}""")]
    [InlineData("""{"vm":"vm_01","url":"/etc/passwd"}""")]
    [InlineData("""{"vm":"../vm","url":"http://10.0.0.1/"}""")]
    [InlineData("""{"vm":"vm_01"}""")]
    public void A_heartbeat_goes_nowhere_but_to_a_web_address(string document) =>
        Assert.Throws<vm::Launchpad.Vm.VmFailure>(() =>
            vm::Launchpad.Vm.Requests.Parse(Encoding.UTF8.GetBytes(document), Sent.VmJson.Default.HeartbeatRequest));

    [Fact]
    public void User_data_says_where_heartbeats_go_and_nothing_when_nobody_takes_them()
    {
        var (host, client) = (SshKeyPair.Generate(), SshKeyPair.Generate());
        var told = CloudInit.UserData(
            host.PrivateKeyPem, host.PublicKey, client.PublicKey, new("vm_1", "https://plane.example/api/machines/vm_1/heartbeat"));
        Assert.Contains("https://plane.example/api/machines/vm_1/heartbeat", told, StringComparison.Ordinal);
        Assert.Contains("OnUnitActiveSec=30s", told, StringComparison.Ordinal);
        var silent = CloudInit.UserData(host.PrivateKeyPem, host.PublicKey, client.PublicKey);
        Assert.Contains("heartbeat.json\n    permissions: \"0600\"\n    content: \"\"\n", silent, StringComparison.Ordinal);
    }

    private static Sent.VmReport Report() => new(
        DateTimeOffset.UtcNow, 100, 50,
        [
            new(
                "dep_1", true, true, DateTimeOffset.UtcNow, 3, 137, false, "r/i@sha256:1", new(2048, 2, 10_240, 512),
                [new("openclaw.json", "aa", "bb")]),
        ]);

    private static string Header(HttpRequestMessage post, string name) => Assert.Single(post.Headers.GetValues(name));
}
