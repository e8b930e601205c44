using System.Security.Cryptography;
using Renci.SshNet.Common;

namespace Launchpad.Standins.Tests.Ssh;

public sealed class CommandTests(Sshd sshd) : SshTests(sshd)
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(127)]
    [InlineData(255)]
    public async Task Both_outputs_and_the_exit_status_come_back(int status)
    {
        using var client = await ConnectedAsync();
        using var command = client.CreateCommand($"echo grün; echo fehl >&2; exit {status}");
        Assert.Null(command.ExitStatus);

        await command.ExecuteAsync();

        Assert.Equal(("grün\n", "fehl\n", (int?)status), (command.Result, command.Error, command.ExitStatus));
    }

    [Fact]
    public async Task Five_megabytes_go_in()
    {
        var content = RandomNumberGenerator.GetBytes(5 << 20);
        using var client = await ConnectedAsync();
        using var command = client.CreateCommand("sha256sum");
        Assert.Throws<InvalidOperationException>(() => command.CreateInputStream());

        var running = command.ExecuteAsync();
        await using (var input = command.CreateInputStream())
        {
            await input.WriteAsync(content);
        }

        await running;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), command.Result.Split(' ')[0]);
    }

    [Fact]
    public async Task A_huge_output_comes_out_while_it_is_written()
    {
        using var client = await ConnectedAsync();
        using var command = client.CreateCommand("head -c 100000000 /dev/zero; sleep 0.1; echo end");

        var running = command.ExecuteAsync();
        var (total, buffer) = (0L, new byte[1 << 16]);
        while (await command.OutputStream.ReadAsync(buffer) is > 0 and var read)
        {
            total += read;
        }

        await running;
        Assert.Equal((100_000_004, 0), (total, command.ExitStatus));
    }

    [Fact]
    public async Task Lines_arrive_as_they_are_written()
    {
        using var client = await ConnectedAsync();
        using var command = client.CreateCommand("while read line; do echo \"got $line\"; done");
        var running = command.ExecuteAsync();
        using StreamReader reader = new(command.OutputStream);
        await using var input = command.CreateInputStream();

        foreach (var line in new[] { "one", "two" })
        {
            await input.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
            Assert.Equal("got " + line, await reader.ReadLineAsync().WaitAsync(Soon));
        }

        await input.DisposeAsync();
        await running.WaitAsync(Soon);
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_a_timeout()
    {
        using var client = await ConnectedAsync();
        using var command = client.CreateCommand("echo begun; sleep 30");
        command.CommandTimeout = TimeSpan.FromSeconds(2);

        var late = await Assert.ThrowsAsync<SshOperationTimeoutException>(() => command.ExecuteAsync().WaitAsync(Soon));

        Assert.Equal("Command 'echo begun; sleep 30' timed out. (CommandTimeout: 00:00:02).", late.Message);
        Assert.Equal("begun\n", command.Result);
        Assert.Null(command.ExitStatus);
    }

    [Fact]
    public async Task A_command_that_is_stopped_loses_its_streams_and_its_place_is_free_again()
    {
        using var client = await ConnectedAsync();
        for (var round = 0; round < 12; round++)
        {
            var mark = Sshd.PathOf($"stopped{round}");
            using var command = client.CreateCommand($"echo ready; cat; touch {mark}");
            var running = command.ExecuteAsync();
            using StreamReader reader = new(command.OutputStream);
            Assert.Equal("ready", await reader.ReadLineAsync().WaitAsync(Soon));

            command.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Soon));
            await Sshd.EventuallyAsync(() => File.Exists(mark), Soon);
        }
    }

    [Fact]
    public async Task Commands_stopped_before_they_have_begun_do_no_harm()
    {
        using var client = await ConnectedAsync();
        for (var round = 0; round < 12; round++)
        {
            using var command = client.CreateCommand("sleep 0.1");
            using CancellationTokenSource cancel = new(round);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.ExecuteAsync(cancel.Token));
        }

        Assert.Equal("on\n", client.RunCommand("echo on").Result);
    }

    [Fact]
    public async Task A_command_that_dies_of_a_signal_has_no_status()
    {
        using var client = await ConnectedAsync();

        using var command = client.RunCommand("kill -KILL $$");

        Assert.Equal((null, "KILL"), (command.ExitStatus, command.ExitSignal));
    }

    [Fact]
    public async Task A_canceled_command_is_canceled()
    {
        using var client = await ConnectedAsync();
        using var command = client.CreateCommand("sleep 30");
        using CancellationTokenSource cancel = new();

        var running = command.ExecuteAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => running.WaitAsync(Soon));

        var again = command.ExecuteAsync();
        command.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => again.WaitAsync(Soon));
    }

    [Theory]
    [InlineData("-oProxyCommand=touch CANARY")]
    [InlineData("-F/dev/null")]
    [InlineData("--")]
    [InlineData("-V")]
    public async Task A_command_is_never_an_option_of_ssh(string text)
    {
        using var client = await ConnectedAsync();
        using var command = client.CreateCommand(text.Replace("CANARY", Sshd.PathOf("canary"), StringComparison.Ordinal));
        Sshd.ClearLog();

        await command.ExecuteAsync();

        Assert.NotEqual(0, command.ExitStatus);
        Assert.False(File.Exists(Sshd.PathOf("canary")));
        Assert.Contains("for " + Sshd.User, Sshd.Log, StringComparison.Ordinal);
        Assert.ThrowsAny<SshException>(() => client.CreateCommand("a\0b").Execute());
    }

    [Fact]
    public async Task What_is_written_to_a_command_that_has_ended_reaches_nobody()
    {
        using var client = await ConnectedAsync();
        using var command = client.CreateCommand("exit 4");
        var running = command.ExecuteAsync();
        var input = command.CreateInputStream();
        await running.WaitAsync(Soon);

        using var next = client.CreateCommand("head -c 5");
        var reading = next.ExecuteAsync();
        await input.WriteAsync(new byte[1 << 20]);
        await input.DisposeAsync();
        await next.CreateInputStream().WriteAsync("later"u8.ToArray());
        await reading.WaitAsync(Soon);

        Assert.Equal((4, "later"), (command.ExitStatus, next.Result));
    }

    [Fact]
    public async Task The_synchronous_and_the_begin_end_members_do_the_same()
    {
        using var client = await ConnectedAsync();
        using var command = client.CreateCommand("echo one");

        Assert.Equal("one\n", command.Execute());
        Assert.Equal("two\n", command.Execute("echo two"));
        var pending = command.BeginExecute("echo three", null, null);
        Assert.Equal("three\n", command.EndExecute(pending));
        Assert.Throws<ArgumentException>(() => command.EndExecute(client.CreateCommand("true").BeginExecute()));
    }

    [Fact]
    public async Task Disposing_ends_what_still_runs()
    {
        using var client = await ConnectedAsync();
        var command = client.CreateCommand("sleep 30");
        var running = command.ExecuteAsync();

        command.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => running.WaitAsync(Soon));
        Assert.Throws<ObjectDisposedException>(() => { _ = command.ExecuteAsync(); });
        Assert.Equal("on\n", client.RunCommand("echo on").Result);
    }
}
