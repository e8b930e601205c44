using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;

namespace Launchpad.Standins.Tests.Ssh;

public sealed class HostKeyTests(Sshd sshd) : SshTests(sshd)
{
    [Theory]
    [InlineData("ed25519", "ssh-ed25519", 256)]
    [InlineData("ecdsa", "ecdsa-sha2-nistp256", 256)]
    [InlineData("rsa", "ssh-rsa", 3072)]
    public async Task The_event_shows_the_key_that_the_server_has(string type, string name, int bits)
    {
        await WithHostKeyAsync(type);
        using var client = Client();
        List<HostKeyEventArgs> seen = [];
        client.HostKeyReceived += (_, key) => seen.Add(key);

        await client.ConnectAsync(CancellationToken.None);

        var key = Assert.Single(seen);
        Assert.True(key.CanTrust);
        Assert.Contains($"SHA256:{key.FingerPrintSHA256} ", await Sshd.FingerPrintAsync("host"), StringComparison.Ordinal);
        Assert.Equal(Convert.FromBase64String((await File.ReadAllTextAsync(Sshd.PathOf("host.pub"))).Split(' ')[1]), key.HostKey);
        Assert.Equal((name, bits), (key.HostKeyName, key.KeyLength));
        await WithHostKeyAsync("ed25519");
    }

    [Fact]
    public async Task A_key_that_is_not_trusted_ends_the_connection_before_anyone_authenticates()
    {
        using var client = Client();
        client.HostKeyReceived += (_, key) => key.CanTrust = false;
        Sshd.ClearLog();

        var refused = await Assert.ThrowsAsync<SshConnectionException>(() => client.ConnectAsync(CancellationToken.None));

        Assert.Equal((DisconnectReason.KeyExchangeFailed, "Key exchange negotiation failed."), (refused.DisconnectReason, refused.Message));
        Assert.False(client.IsConnected);
        await NobodyAuthenticatedAsync();
        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task A_changed_key_is_refused_by_who_pinned_the_old_one()
    {
        using var client = Client();
        var pinned = (await Sshd.FingerPrintAsync("host")).Split(' ')[1]["SHA256:".Length..];
        client.HostKeyReceived += (_, key) => key.CanTrust = key.FingerPrintSHA256 == pinned;
        await client.ConnectAsync(CancellationToken.None);
        client.Disconnect();

        await WithHostKeyAsync("ed25519");

        await Assert.ThrowsAsync<SshConnectionException>(() => client.ConnectAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_the_handler_throws_comes_out_of_connect_and_the_key_is_not_trusted()
    {
        using var client = Client();
        client.HostKeyReceived += (_, _) => throw new InvalidDataException("no such pin");
        Sshd.ClearLog();

        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() => client.ConnectAsync(CancellationToken.None));

        Assert.Equal("no such pin", thrown.Message);
        await NobodyAuthenticatedAsync();
    }

    /// <summary>Had a user name been sent, the server would log it: "Connection closed by authenticating user …".</summary>
    private async Task NobodyAuthenticatedAsync()
    {
        await Sshd.EventuallyAsync(() => Sshd.Log.Contains("Connection closed by 127.0.0.1", StringComparison.Ordinal), Soon);
        Assert.DoesNotContain(Sshd.User, Sshd.Log, StringComparison.Ordinal);
    }

    private async Task WithHostKeyAsync(string type)
    {
        await Sshd.StopAsync();
        await Sshd.GenerateKeyAsync("host", type);
        await Sshd.StartAsync();
    }
}
