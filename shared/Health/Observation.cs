using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>What a machine's own account of a bot amounts to.</summary>
public static class Observation
{
    /// <summary>Older than this, a heartbeat says nothing: three were sent since, or none could be.</summary>
    public static readonly TimeSpan HeartbeatMax = TimeSpan.FromSeconds(90);

    /// <summary>A bot that started this recently may be busy starting.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(3);

    /// <summary>A bot that Docker had to start anew more often within two heartbeats is down, even if it has just come up again.</summary>
    private const int FallsMax = 1;

    private static readonly Dictionary<string, int> Nothing = [];

    public static Sight Of(Heartbeat? heartbeat, string deployment, DateTimeOffset now) =>
        heartbeat is null || now - heartbeat.ReceivedAt >= HeartbeatMax
            ? Sight.Silent
            : Of(heartbeat.Report.Bots, deployment, heartbeat.ReceivedAt, heartbeat.RestartsBefore);

    /// <param name="bots">Null when the machine could not tell.</param>
    /// <param name="deployment">Which of them.</param>
    /// <param name="at">When it was so.</param>
    /// <param name="restartsBefore">How often Docker had started each anew a while before; null when that is not known.</param>
    public static Sight Of(
        IReadOnlyList<VmBot>? bots, string deployment, DateTimeOffset at, IReadOnlyDictionary<string, int>? restartsBefore = null)
    {
        if (bots is null)
        {
            return Sight.Silent;
        }

        var bot = bots.FirstOrDefault(one => one.Deployment == deployment);
        return Of(bot, bot is null ? 0 : bot.Restarts - (restartsBefore ?? Nothing).GetValueOrDefault(deployment, bot.Restarts), at);
    }

    /// <summary>Docker starts anew only what has ended by itself: a bot that is on its way after that is not just starting.</summary>
    private static Sight Of(VmBot? bot, int falls, DateTimeOffset at) => bot switch
    {
        { Running: true, Ready: true } => falls > FallsMax ? Sight.Down : Sight.Up,
        { Running: true, Restarts: 0, StartedAt: { } started } when at - started < StartMax => Sight.Silent,
        _ => Sight.Down,
    };

    /// <summary>True when a machine says that it restarted under a bot: that is why it is down, and no fault of its version.</summary>
    public static bool IsOfMachine(IReadOnlyList<VmBot>? bots, string deployment) =>
        bots?.FirstOrDefault(bot => bot.Deployment == deployment) is { MachineRestarted: true };

    /// <summary>In words, for whoever reads why.</summary>
    public static string Tell(IReadOnlyList<VmBot>? bots, string deployment) =>
        bots is null ? "the machine could not tell" : Tell(bots.FirstOrDefault(bot => bot.Deployment == deployment));

    private static string Tell(VmBot? bot) => bot switch
    {
        null => "the machine has nothing of it",
        { Running: true, Ready: true, Restarts: 0 } => "running and ready",
        { Running: true, Ready: true, Restarts: var restarts } => $"running and ready; restarted {restarts} times",
        { Running: true, Restarts: var restarts } => $"running, not ready; restarted {restarts} times",
        { MachineRestarted: true } => "ended when its machine restarted",
        { OomKilled: true } => "ended, out of memory",
        { ExitCode: { } code, Restarts: var restarts } => $"ended with exit code {code} after {restarts} restarts",
        _ => "not running",
    };
}
