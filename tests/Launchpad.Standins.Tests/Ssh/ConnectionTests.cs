using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Launchpad.Standins.Tests.Ssh;

public sealed class ConnectionTests(Sshd sshd) : SshTests(sshd)
{
    [Fact]
    public async Task Many_commands_share_one_connection_and_nothing_is_left_of_it()
    {
        using (var client = await ConnectedAsync())
        {
            Assert.True(client.IsConnected && client.ConnectionInfo.IsAuthenticated);
            var connection = client.RunCommand("echo $SSH_CONNECTION").Result;
            await Task.WhenAll(Enumerable.Range(0, 25).Select(async n =>
            {
                using var command = client.CreateCommand($"echo {n}; echo $SSH_CONNECTION");
                await Task.Run(() => command.ExecuteAsync());
                Assert.Equal($"{n}\n{connection}", command.Result);
            }));
            Assert.NotEmpty(Leftovers());
        }

        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task The_key_is_in_memory_only_and_only_while_it_is_needed()
    {
        List<string> during = [];
        using var client = Client();
        client.HostKeyReceived += (_, _) => during.AddRange(Directory.GetFiles(Assert.Single(Leftovers()), "key*"));

        await client.ConnectAsync(CancellationToken.None);

        Assert.Single(during);
        Assert.Empty(Directory.GetFiles(Assert.Single(Leftovers()), "key*"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Leftovers()[0]));
    }

    [Fact]
    public async Task A_stranger_is_not_let_in()
    {
        await Sshd.GenerateKeyAsync("stranger");
        using var client = Client(await File.ReadAllTextAsync(Sshd.PathOf("stranger")));

        var denied = await Assert.ThrowsAsync<SshAuthenticationException>(() => client.ConnectAsync(CancellationToken.None));

        Assert.Equal("Permission denied (publickey).", denied.Message);
        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task Nobody_there_is_a_socket_error()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var client = Client(port: port);

        var refused = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(CancellationToken.None));

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_a_timeout_and_cancellation_is_cancellation()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        using var client = Client(port: ((IPEndPoint)silent.LocalEndpoint).Port);
        client.ConnectionInfo.Timeout = TimeSpan.FromMilliseconds(300);

        await Assert.ThrowsAsync<SshOperationTimeoutException>(() => client.ConnectAsync(CancellationToken.None));
        Assert.Throws<SshOperationTimeoutException>(client.Connect);
        client.ConnectionInfo.Timeout = Soon;
        using CancellationTokenSource cancel = new(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ConnectAsync(cancel.Token));
        Assert.Empty(Leftovers());
    }

    [Theory]
    [InlineData("-oProxyCommand=touch CANARY")]
    [InlineData("127.0.0.1 -oProxyCommand=touch CANARY")]
    [InlineData("host;touch CANARY")]
    [InlineData("%h")]
    [InlineData("")]
    public async Task A_host_is_never_an_option(string host)
    {
        using var client = Client(host: host.Replace("CANARY", Sshd.PathOf("canary"), StringComparison.Ordinal));

        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(CancellationToken.None));

        Assert.False(File.Exists(Sshd.PathOf("canary")));
    }

    [Theory]
    [InlineData("-oProxyCommand=touch CANARY")]
    [InlineData("root -oProxyCommand=touch CANARY")]
    [InlineData("$(touch CANARY)")]
    public async Task A_user_is_never_an_option(string user)
    {
        using var client = Client(user: user.Replace("CANARY", Sshd.PathOf("canary"), StringComparison.Ordinal));

        await Assert.ThrowsAsync<SshAuthenticationException>(() => client.ConnectAsync(CancellationToken.None));

        Assert.False(File.Exists(Sshd.PathOf("canary")));
    }

    [Fact]
    public async Task A_connection_that_breaks_is_noticed()
    {
        using var client = await ConnectedAsync();
        TaskCompletionSource<Exception> lost = new();
        client.ErrorOccurred += (_, error) => lost.TrySetResult(error.Exception);
        using var command = client.CreateCommand("sleep 30");
        Sshd.ClearLog();
        var running = command.ExecuteAsync();
        await Sshd.EventuallyAsync(() => Sshd.Log.Contains("Starting session: command", StringComparison.Ordinal), Soon);

        await Sshd.StopAsync();

        await Assert.ThrowsAsync<SshConnectionException>(() => running.WaitAsync(Soon));
        Assert.IsType<SshConnectionException>(await lost.Task.WaitAsync(Soon));
        Assert.False(client.IsConnected);
        Assert.Throws<SshConnectionException>(() => client.CreateCommand("true"));
        await Sshd.StartAsync();
        await client.ConnectAsync(CancellationToken.None);
        Assert.Equal("back\n", client.RunCommand("echo back").Result);
    }

    [Fact]
    public async Task A_client_knows_its_states()
    {
        var client = Client();
        Assert.Throws<SshConnectionException>(() => client.CreateCommand("true"));
        client.Connect();
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.ConnectAsync(CancellationToken.None));
        client.Disconnect();
        Assert.False(client.IsConnected);
        client.Dispose();
        client.Dispose();
        Assert.Throws<ObjectDisposedException>(() => client.IsConnected);
    }

    [Fact]
    public async Task Only_a_private_key_is_a_private_key()
    {
        await Sshd.GenerateKeyAsync("secret", passPhrase: "phrase");

        Assert.Throws<SshPassPhraseNullOrEmptyException>(() => new PrivateKeyFile(Sshd.PathOf("secret")));
        Assert.Throws<SshException>(() => new PrivateKeyFile(Sshd.PathOf("secret.pub")));
        Assert.Throws<SshException>(() => Key("-oProxyCommand=touch x"));
    }

    [Fact]
    public async Task Connecting_and_one_command_cost_little_more_than_ssh_itself()
    {
        List<(TimeSpan Ours, TimeSpan Ssh)> rounds = [];
        for (var round = 0; round < 7; round++)
        {
            rounds.Add((await TimedAsync(ConnectAndRunAsync), await TimedAsync(() => Sshd.PlainSshAsync("true"))));
        }

        // Measured in turns, so that what else the machine does falls on both; 200 ms is what a quiet machine never needs.
        var (ours, ssh) = (Median(rounds.Select(round => round.Ours)), Median(rounds.Select(round => round.Ssh)));
        Assert.True(
            ours < TimeSpan.FromMilliseconds(200) || ours < 2.5 * ssh,
            $"{ours.TotalMilliseconds:F0} ms, ssh {ssh.TotalMilliseconds:F0} ms");

        async Task ConnectAndRunAsync()
        {
            using var client = await ConnectedAsync();
            using var command = client.CreateCommand("true");
            await command.ExecuteAsync();
        }
    }

    private static async Task<TimeSpan> TimedAsync(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start);
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times) => times.Order().ElementAt(3);
}
