using System.Net;
using System.Net.Sockets;
using System.Text;
using Launchpad.Processes;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Tests.Ssh;

/// <summary>Before a machine has shown its key nothing of ours is sent, and whatever it is, the control plane does not stumble.</summary>
[Collection(VmServerCollection.Name)]
public sealed class HostKeyTests(VmServer server) : IAsyncLifetime
{
    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public async Task The_key_that_was_given_lets_it_in_and_no_other_of_any_type_does(string type)
    {
        await WithHostKeyAsync(type);
        var endpoint = await server.EndpointAsync();
        using var program = server.Program();
        Assert.Equal("done", await server.AskAsync(program, endpoint));

        foreach (var other in (string[])["ed25519", "ecdsa", "rsa"])
        {
            // The connection that is kept goes down with the machine, and the next one is looked at again.
            await WithHostKeyAsync(other);
            var refused = await server.FailsAsync(program, endpoint);
            Assert.Equal((VmErrorCode.HostKeyMismatch, false), (refused.Code, refused.Retryable));
            await NobodyAuthenticatedAsync();
        }
    }

    [Fact]
    public async Task A_host_that_was_never_known_is_refused()
    {
        using var program = server.Program();
        server.Sshd.ClearLog();

        var refused = await server.FailsAsync(program, await server.EndpointAsync() with { HostKeySha256 = "" });

        Assert.Equal(VmErrorCode.HostKeyMismatch, refused.Code);
        await NobodyAuthenticatedAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("SSH-1.5-old\r\n")]
    [InlineData("SSH-2.0-x\r\n")]
    [InlineData("SSH-2.0-x\r\n\0\0\0\u000c\u000a\u0014nothing at all of the kind")]
    [InlineData("SSH-2.0-x\r\n\u007f\u007f\u007f\u007f")]
    [InlineData("\u0000\u0001\u0002")]
    public async Task A_host_that_speaks_something_else_cannot_be_reached(string greeting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        foreach (var hangsUp in (bool[])[true, false])
        {
            var greeted = GreetAsync(listener, greeting, hangsUp);
            using var program = server.Program(options => options.ConnectTimeout = TimeSpan.FromSeconds(1));

            var failure = await server.FailsAsync(
                program, new("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, "AAAA"));

            Assert.Equal((VmErrorCode.ConnectionFailed, true), (failure.Code, failure.Retryable));
            (await greeted).Dispose();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-oProxyCommand=touch CANARY")]
    [InlineData("127.0.0.1 -oProxyCommand=touch CANARY")]
    [InlineData("host;touch CANARY")]
    [InlineData("%h")]
    public async Task An_address_is_only_ever_an_address(string address)
    {
        var canary = server.PathOf("canary");
        using var program = server.Program();

        var failure = await server.FailsAsync(
            program, new(address.Replace("CANARY", canary, StringComparison.Ordinal), server.Sshd.Port, "AAAA"));

        Assert.Equal((VmErrorCode.ConnectionFailed, true), (failure.Code, failure.Retryable));
        Assert.False(File.Exists(canary));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70000)]
    public async Task A_port_where_nobody_is_cannot_be_reached(int port)
    {
        using var program = server.Program();

        var failure = await server.FailsAsync(program, new("127.0.0.1", port, "AAAA"));

        Assert.Equal((VmErrorCode.ConnectionFailed, true), (failure.Code, failure.Retryable));
        Assert.DoesNotContain("127.0.0.1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_key_is_said_to_be_none_and_not_repeated()
    {
        using var program = server.Program();

        var failure = await server.FailsAsync(program, key: "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----");

        Assert.Equal((VmErrorCode.AccessDenied, false), (failure.Code, failure.Retryable));
        Assert.DoesNotContain("c2VjcmV0", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clients_key_is_in_no_file()
    {
        using var program = server.Program();
        var begin = DateTime.UtcNow.AddMinutes(-1);
        await server.AskAsync(program);

        var secret = server.Client.PrivateKeyPem.Split('\n')[3];
        string[] places = [Path.GetTempPath(), "/dev/shm"];
        var files = places.SelectMany(place => new DirectoryInfo(place).EnumerateFiles("*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.None,
            MaxRecursionDepth = 3,
        }));

        Assert.DoesNotContain(files, file => IsText(file, begin) && File.ReadAllText(file.FullName).Contains(secret));
    }

    public async Task InitializeAsync() => await server.DoAsync(VmServer.Answer);

    public Task DisposeAsync() => Task.CompletedTask;

    private static bool IsText(FileInfo file, DateTime since)
    {
        try
        {
            return file is { Exists: true, LinkTarget: null, Length: > 0 and < 65536 } && file.LastWriteTimeUtc > since;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<TcpClient> GreetAsync(TcpListener listener, string greeting, bool hangsUp)
    {
        var client = await listener.AcceptTcpClientAsync();
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(greeting));
        if (hangsUp)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        return client;
    }

    /// <summary>Had a user name been sent, the server would log it: "Connection closed by authenticating user …".</summary>
    private async Task NobodyAuthenticatedAsync()
    {
        await server.Sshd.EventuallyAsync(() => server.Sshd.Log.Contains("127.0.0.1 port", StringComparison.Ordinal)
            && server.Sshd.Log.Contains("[preauth]", StringComparison.Ordinal));
        Assert.DoesNotContain("user " + server.Sshd.User, server.Sshd.Log, StringComparison.Ordinal);
        Assert.Equal((0, 0), server.Used);
    }

    private async Task WithHostKeyAsync(string type)
    {
        await server.Sshd.StopAsync();
        await server.Sshd.GenerateKeyAsync("host", type);
        await server.Sshd.StartAsync();
    }
}
