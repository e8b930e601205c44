using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>What a machine's own account of a bot amounts to.</summary>
public static class Observation
{
    /// <summary>Older than this, a heartbeat says nothing: three were sent since, or none could be.</summary>
    public static readonly TimeSpan HeartbeatMax = TimeSpan.FromSeconds(90);

    /// <summary>A bot that started this recently may be busy starting.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(3);

    /// <summary>After so many starts by Docker it is not starting but crashing.</summary>
    private const int RestartsMax = 3;

    public static Sight Of(Heartbeat? heartbeat, string deployment, DateTimeOffset now) =>
        heartbeat is null || now - heartbeat.ReceivedAt >= HeartbeatMax
            ? Sight.Silent
            : Of(heartbeat.Report.Bots, deployment, heartbeat.ReceivedAt);

    /// <param name="bots">Null when the machine could not tell.</param>
    /// <param name="at">When it was so.</param>
    public static Sight Of(IReadOnlyList<VmBot>? bots, string deployment, DateTimeOffset at) =>
        bots is null ? Sight.Silent : Of(bots.FirstOrDefault(bot => bot.Deployment == deployment), at);

    private static Sight Of(VmBot? bot, DateTimeOffset at) => bot switch
    {
        { Running: true, Ready: true } => Sight.Up,
        { Running: true, Restarts: <= RestartsMax, StartedAt: { } started } when at - started < StartMax => Sight.Silent,
        _ => Sight.Down,
    };

    /// <summary>In words, for whoever reads why.</summary>
    public static string Tell(IReadOnlyList<VmBot>? bots, string deployment) =>
        bots is null ? "the machine could not tell" : Tell(bots.FirstOrDefault(bot => bot.Deployment == deployment));

    private static string Tell(VmBot? bot) => bot switch
    {
        null => "the machine has nothing of it",
        { Running: true, Ready: true } => "running and ready",
        { Running: true, Restarts: var restarts } => $"running, not ready; restarted {restarts} times",
        { OomKilled: true } => "ended, out of memory",
        { ExitCode: { } code, Restarts: var restarts } => $"ended with exit code {code} after {restarts} restarts",
        _ => "not running",
    };
}
