using Launchpad.Processes;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Tests.Ssh;

/// <summary>Whoever leaves early takes the command on the VM along.</summary>
[Collection(VmServerCollection.Name)]
public sealed class LeavingTests(VmServer server)
{
    // As launchpad-vm, it ends when nobody reads any more what it says; sshd lets no signal through to a forced command.
    private const string Listening = "echo $$ >left.pid; step one; while sleep 0.05; do line '{\"event\":\"alive\"}'; done";

    [Fact]
    public async Task A_cancelled_verb_is_gone_from_the_machine()
    {
        await server.DoAsync(Listening);
        using var program = server.Program();
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => server.AskAsync(program, step: _ => cancel.Cancel(), ct: cancel.Token));

        await server.IsGoneAsync("left.pid");
    }

    [Fact]
    public async Task A_verb_that_takes_too_long_is_gone_from_the_machine()
    {
        await server.DoAsync(Listening);
        using var program = server.Program(options => options.ShortTimeout = TimeSpan.FromSeconds(2));

        var late = await server.FailsAsync(program);

        Assert.Equal((VmErrorCode.TimedOut, true), (late.Code, late.Retryable));
        await server.IsGoneAsync("left.pid");
    }

    [Fact]
    public async Task A_verb_that_talks_nonsense_is_gone_from_the_machine()
    {
        await server.DoAsync("echo $$ >left.pid; while sleep 0.05; do echo nonsense; done");
        using var program = server.Program();

        Assert.Equal(VmErrorCode.ProtocolViolation, (await server.FailsAsync(program)).Code);

        await server.IsGoneAsync("left.pid");
    }

    [Fact]
    public async Task Others_on_the_connection_are_not_disturbed()
    {
        await server.DoAsync("step one; for n in 1 2 3 4; do sleep 0.5; line '{\"event\":\"alive\"}'; done; " + VmServer.Answer);
        using var program = server.Program();
        using var cancel = new CancellationTokenSource();
        server.Sshd.ClearLog();

        var others = Enumerable.Range(0, 3).Select(_ => server.AskAsync(program)).ToList();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => server.AskAsync(program, step: _ => cancel.Cancel(), ct: cancel.Token));

        Assert.All(await Task.WhenAll(others), answer => Assert.Equal("done", answer));
        await Sshd.EventuallyAsync(() => server.Used == (1, 4), VmServer.Soon);
    }

    [Fact]
    public async Task Whoever_gives_up_before_the_connection_is_there_is_not_kept()
    {
        await server.DoAsync(VmServer.Answer);
        using var program = server.Program();
        for (var round = 0; round < 10; round++)
        {
            using var cancel = new CancellationTokenSource(round * 7);
            try
            {
                await server.AskAsync(program, ct: cancel.Token);
            }
            catch (OperationCanceledException)
            {
                // In time or not, it is one of the two.
            }
        }

        Assert.Equal("done", await server.AskAsync(program));
    }
}
