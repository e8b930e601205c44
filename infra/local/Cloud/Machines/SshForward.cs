using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Launchpad.Local.Faults;

namespace Launchpad.Local.Machines;

/// <summary>SSH to a machine, under the fault plan as service "ssh", method CONNECT, path /{machine}.</summary>
public sealed class SshForward(FaultPlan faults, string machine)
{
    private const string Service = "ssh";
    private static readonly TimeSpan HangMax = TimeSpan.FromSeconds(120);

    // Longer than a look at the process table takes, so that what a command says last has not left when its end is seen.
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(15);

    public async Task ServeAsync(Socket client, IPEndPoint target, CancellationToken cancellationToken)
    {
        var fault = await faults.DecideAsync(Service, "CONNECT", "/" + machine, cancellationToken);
        switch (fault.Kind)
        {
            case FaultKind.FailBefore or FaultKind.Throttle:
                PortForward.Refuse(client);
                return;
            case FaultKind.Timeout:
                await HangAsync(client, cancellationToken);
                return;
            case FaultKind.FailAfter:
                await CutAsync(client, target, cancellationToken);
                return;
            case FaultKind.Delay:
                await Task.Delay(fault.Delay, cancellationToken);
                break;
        }

        await PortForward.RelayAsync(client, target, cancellationToken);
    }

    private static async Task HangAsync(Socket client, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(HangMax);
        var ignored = new byte[4096];
        while (await client.ReceiveAsync(ignored, patience.Token) > 0)
        {
        }
    }

    /// <summary>Lets the session do its work, and cuts the connection before the end of the answer is back. The traffic is sealed, so the
    /// end is told from the process table: when the command that sshd started for this very connection is gone.</summary>
    private static async Task CutAsync(Socket client, IPEndPoint target, CancellationToken cancellationToken)
    {
        using var server = await PortForward.ConnectAsync(target, cancellationToken);
        var source = (IPEndPoint)server.LocalEndPoint!;
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = PortForward.CopyAsync(client, server, cut.Token);
        var receiving = DelayedCopyAsync(server, client, cut.Token);
        var command = CommandEndedAsync($"SSH_CONNECTION={source.Address} {source.Port} ", cut.Token);
        await Task.WhenAny(command, receiving);
        await cut.CancelAsync();
        PortForward.Refuse(client);
        await Task.WhenAll(sending, receiving, command).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task DelayedCopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var late = Channel.CreateBounded<(DateTime Due, byte[] Bytes)>(1024);
        var reading = Task.Run(
            async () =>
            {
                var buffer = new byte[32 * 1024];
                int read;
                while ((read = await from.ReceiveAsync(buffer, cancellationToken)) > 0)
                {
                    await late.Writer.WriteAsync((DateTime.UtcNow + Lag, buffer[..read]), cancellationToken);
                }

                late.Writer.Complete();
            },
            cancellationToken);
        await foreach (var (due, bytes) in late.Reader.ReadAllAsync(cancellationToken))
        {
            var wait = due - DateTime.UtcNow;
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancellationToken);
            await to.SendAsync(bytes, cancellationToken);
        }

        await reading;
    }

    private static async Task CommandEndedAsync(string variable, CancellationToken cancellationToken)
    {
        var mark = Encoding.ASCII.GetBytes(variable);
        for (var seen = false; ;)
        {
            var running = Directory.EnumerateDirectories("/proc").Any(process => Has(process, mark));
            if (seen && !running)
            {
                return;
            }

            seen |= running;
            await Task.Delay(Look, cancellationToken);
        }
    }

    private static bool Has(string process, byte[] mark)
    {
        try
        {
            return char.IsAsciiDigit(process[^1]) && File.ReadAllBytes(process + "/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
