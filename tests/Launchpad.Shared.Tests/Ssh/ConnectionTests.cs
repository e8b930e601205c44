using Launchpad.Processes;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Tests.Ssh;

/// <summary>How connections are shared, kept, lost and replaced.</summary>
[Collection(VmServerCollection.Name)]
public sealed class ConnectionTests(VmServer server)
{
    [Fact]
    public async Task Verbs_in_a_row_share_one_connection()
    {
        await server.DoAsync(VmServer.Answer);
        using var program = server.Program();
        Sshd().ClearLog();
        for (var round = 0; round < 6; round++)
        {
            await server.AskAsync(program);
        }

        await Sshd().EventuallyAsync(() => server.Used == (1, 6));
    }

    [Fact]
    public async Task Verbs_of_an_operation_that_pauses_between_them_take_one_handshake_and_it_is_counted()
    {
        using var counted = new Counted("launchpad.ssh.handshakes");
        await server.DoAsync(VmServer.Answer);
        using var program = server.Program();
        Sshd().ClearLog();
        for (var round = 0; round < 4; round++)
        {
            await server.AskAsync(program);
            await Task.Delay(TimeSpan.FromSeconds(2));
        }

        await Sshd().EventuallyAsync(() => server.Used == (1, 4));
        Assert.Equal(1, counted.Total);
    }

    [Fact]
    public async Task A_verb_that_fails_leaves_the_connection_to_the_next()
    {
        await server.DoAsync("""line '{"event":"result","ok":false,"error":{"code":"busy","message":"m","retryable":true}}'""");
        using var program = server.Program();
        Sshd().ClearLog();
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(VmErrorCode.Busy, (await server.FailsAsync(program)).Code);
        }

        await Sshd().EventuallyAsync(() => server.Used == (1, 3));
    }

    [Fact]
    public async Task A_machine_that_took_anothers_place_at_its_address_gets_a_connection_of_its_own()
    {
        var other = new VmServer { Client = server.Client };
        await other.InitializeAsync();
        await using var way = new FrozenWay(Sshd().Port);
        foreach (var one in (VmServer[])[server, other])
        {
            await one.DoAsync(VmServer.Answer);
        }

        using var program = server.Program();
        await server.AskAsync(program, await server.EndpointAsync() with { Port = way.Port });

        // The way to the first one still stands, and its connection with it.
        way.Target = other.Sshd.Port;
        other.Sshd.ClearLog();
        await server.AskAsync(program, await other.EndpointAsync() with { Port = way.Port });
        await other.Sshd.EventuallyAsync(() => other.Used == (1, 1));
        await other.DisposeAsync();
    }

    [Fact]
    public async Task Verbs_at_once_share_two_connections_and_wait_for_each_other()
    {
        await server.DoAsync("sleep 0.3; " + VmServer.Answer);
        using var program = server.Program();
        Sshd().ClearLog();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.AskAsync(program)));

        Assert.All(answers, answer => Assert.Equal("done", answer));
        await Sshd().EventuallyAsync(() => server.Used == (2, 20));
    }

    [Fact]
    public async Task A_connection_belongs_to_one_key()
    {
        await server.DoAsync(VmServer.Answer);
        using var program = server.Program();
        await server.AskAsync(program);

        var stranger = await server.FailsAsync(program, key: SshKeyPair.Generate().PrivateKeyPem);

        Assert.Equal((VmErrorCode.AccessDenied, true), (stranger.Code, stranger.Retryable));
    }

    [Fact]
    public async Task A_connection_that_nobody_needs_is_closed()
    {
        await server.DoAsync(VmServer.Answer);
        using var program = server.Program(options => options.KeepConnection = TimeSpan.FromMilliseconds(300));
        Sshd().ClearLog();

        await server.AskAsync(program);
        await Sshd().EventuallyAsync(() => Sshd().Log.Contains("Disconnected from user", StringComparison.Ordinal));

        // On a busy machine the next may be closed before it was of use, and opened once more.
        await server.AskAsync(program);
        await Sshd().EventuallyAsync(() => server.Used is { Connections: >= 2, Commands: >= 2 });
    }

    [Fact]
    public async Task Whoever_ends_the_program_closes_its_connections()
    {
        await server.DoAsync(VmServer.Answer);
        var program = server.Program();
        Sshd().ClearLog();
        await server.AskAsync(program);

        program.Dispose();

        await Sshd().EventuallyAsync(() => Sshd().Log.Contains("Disconnected from user", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_restart_of_the_machine_a_verb_goes_over_a_new_connection()
    {
        await server.DoAsync(VmServer.Answer);
        using var program = server.Program();
        await server.AskAsync(program);
        await server.RestartAsync();

        Assert.Equal("done", await server.AskAsync(program));
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_may_be_tried_again()
    {
        await server.DoAsync("step one; sleep 60");
        using var program = server.Program();

        var failure = await server.FailsAsync(program, step: _ => Sshd().StopAsync().GetAwaiter().GetResult());
        await Sshd().StartAsync();

        Assert.Equal((VmErrorCode.ConnectionFailed, true), (failure.Code, failure.Retryable));
        await server.DoAsync(VmServer.Answer);
        Assert.Equal("done", await server.AskAsync(program));
    }

    [Fact]
    public async Task A_machine_that_falls_silent_is_lost_though_its_connection_stands()
    {
        await using var way = new FrozenWay(Sshd().Port);
        await server.DoAsync("step one; while sleep 0.1; do line '{\"event\":\"alive\"}'; done");
        using var program = server.Program(options => options.KeepAlive = TimeSpan.FromMilliseconds(700));

        var failure = await server.FailsAsync(
            program, at: await server.EndpointAsync() with { Port = way.Port }, step: _ => way.Freeze());

        Assert.Equal((VmErrorCode.ConnectionFailed, true), (failure.Code, failure.Retryable));
        Assert.Contains("nothing came", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_step_with_signs_of_life_is_waited_for()
    {
        await server.DoAsync("for n in 1 2 3 4 5 6 7 8; do line '{\"event\":\"alive\"}'; sleep 0.5; done; " + VmServer.Answer);
        using var program = server.Program(options => options.KeepAlive = TimeSpan.FromMilliseconds(900));

        Assert.Equal("done", await server.AskAsync(program));
    }

    private Sshd Sshd() => server.Sshd;
}

internal static class Patience
{
    public static Task EventuallyAsync(this Sshd sshd, Func<bool> condition) => Sshd.EventuallyAsync(condition, VmServer.Soon);
}
