using System.Diagnostics;
using System.Text.Json;
using Launchpad.Local.Stacks;

namespace Launchpad.Local.Demo;

/// <summary>The demonstration on the stack that runs, or on one that is started for it and stopped afterwards.</summary>
internal static class DemoVerb
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    /// <summary>With --json the report is the last line of standard output, after everything was stopped that was started for it.</summary>
    public static async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var (home, json) = UpArguments.ParseCommon(arguments);
        var report = await DemonstrateAsync(home, new Terminal(json), ct);
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, DemoJson.Default.DemoReport));
        }
    }

    private static async Task<DemoReport> DemonstrateAsync(Home home, Terminal terminal, CancellationToken ct)
    {
        using var running = StackRecord.Read(home)?.Find();
        await using var own = running is null ? await OwnStack.StartAsync(home, ct) : null;
        var record = await PreparedAsync(home, ct);
        var demonstration = new Demonstration(
            Ports.ForSlot(record.Slot), Path.Combine(home.Tls, "ca.pem"), record.DockerSocket, terminal.Say);
        try
        {
            var report = await demonstration.RunAsync(ct);
            terminal.Say(
                $"From payment to running {report.PaidToRunningMs} ms; a bare container takes {report.BareBootMs} ms; ratio {report.Ratio}.");
            terminal.Say(own is null ? $"The bot stays at {report.Url}." : $"The bot is at {report.Url} whenever './launchpad up' runs.");
            return report;
        }
        catch (Exception fault) when (fault is InvalidOperationException or HttpRequestException or RefusedException)
        {
            throw new StackException($"The demonstration failed: {fault.Message}");
        }
    }

    /// <summary>Waits until the images are there that bots need; the first time, they are built.</summary>
    private static async Task<StackRecord> PreparedAsync(Home home, CancellationToken ct)
    {
        while (true)
        {
            var record = StackRecord.Read(home);
            using var alive = record?.Find();
            if (alive is null)
            {
                throw new StackException("The stack went away; './launchpad up' shows why.");
            }

            if (record!.Prepared)
            {
                return record;
            }

            await Task.Delay(LookAgain, ct);
        }
    }

    /// <summary>`up` as a child of this process: its progress is shown, its addresses are the sign that it is ready.</summary>
    private sealed class OwnStack : IAsyncDisposable
    {
        private readonly Process up;
        private readonly Home home;

        private OwnStack(Process up, Home home) => (this.up, this.home) = (up, home);

        public static async Task<OwnStack> StartAsync(Home home, CancellationToken ct)
        {
            var program = typeof(DemoVerb).Assembly.Location;
            var stack = new OwnStack(
                Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [program, "up", "--json", "--home", home.Root])
                {
                    RedirectStandardOutput = true,
                })!,
                home);
            if (await stack.up.StandardOutput.ReadLineAsync(ct) is null)
            {
                await stack.DisposeAsync();
                throw new StackException("The stack did not start; the reason is above.");
            }

            return stack;
        }

        public async ValueTask DisposeAsync()
        {
            if (!up.HasExited)
            {
                await Verbs.DownAsync(["--home", home.Root]);
            }

            // `down` has waited for its end, and with that taken its exit status: waiting here once more would never end.
            up.Dispose();
        }
    }
}
