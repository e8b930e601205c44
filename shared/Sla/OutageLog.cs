using System.Globalization;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.Sla;

/// <summary>Keeps what is known of bots, and writes into their records since when they were down by agreement, and until when. What is still to
/// be written stands in the condition: whoever looks next after a crash writes it.</summary>
public sealed class OutageLog(ConditionStore conditions, DeploymentStore deployments, RecordStore records, UptimeDue due)
{
    public const string Began = "outage";
    public const string Over = "outage-over";
    private const string Actor = "launchpad";

    /// <param name="bot">As it was when it was looked at.</param>
    /// <param name="change">What is known of it now.</param>
    /// <param name="seen">By whom.</param>
    /// <param name="at">When it was looked at.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<Condition> ChangeAsync(
        Deployment bot, Func<Condition, Condition> change, Sightings seen, DateTimeOffset at, CancellationToken ct)
    {
        var condition = await conditions.ChangeAsync(bot.Account, bot.Id, change, ct);
        return condition.DownSince is { } since && await IsOverAsync(condition, since, seen, at, ct)
            ? await conditions.ChangeAsync(bot.Account, bot.Id, now => now.DownSince == since ? now with { DownSince = null } : now, ct)
            : condition;
    }

    /// <summary>True when nothing of it is still to be written.</summary>
    private async Task<bool> IsOverAsync(Condition condition, DateTimeOffset since, Sightings seen, DateTimeOffset at, CancellationToken ct)
    {
        if (condition.Verdict.Kind is VerdictKind.Unknown)
        {
            return false;
        }

        if (since == at && !await ShouldRunAsync(condition, ct))
        {
            // Somebody has begun to work on it since it was looked at: it was stopped, and is not down.
            return true;
        }

        await due.MarkAsync(new(condition.Account, condition.Deployment, Month.Of(since)), ct);
        await records.AppendOnceAsync(condition.Deployment, Key(Began, since), [Entry(condition, since, seen)], ct);
        if (condition.IsUp)
        {
            await records.AppendOnceAsync(condition.Deployment, Key(Over, since), [Recorder.Action(Actor, Over, new { since, at })], ct);
        }

        return condition.IsUp;
    }

    private async Task<bool> ShouldRunAsync(Condition condition, CancellationToken ct) =>
        await deployments.FindAsync(condition.Account, condition.Deployment, ct)
            is { Work: null, Status: DeploymentStatus.Running or DeploymentStatus.Failed };

    /// <summary>What was seen when it was first written down; nothing of that, where it was up again by then.</summary>
    private static RecordEntry Entry(Condition condition, DateTimeOffset since, Sightings seen) => condition.IsUp
        ? Recorder.Action(Actor, Began, new { since })
        : Recorder.Action(
            Actor, Began,
            new
            {
                since,
                verdict = condition.Verdict.Kind.Wire(),
                heartbeat = seen.Heartbeat.Wire(),
                ssh = seen.Ssh.Wire(),
                outside = seen.Outside.Wire(),
                cloud = seen.Machine.Wire(),
            },
            Redactor.Shapes(condition.Said));

    private static string Key(string what, DateTimeOffset since) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}-{since.ToUnixTimeMilliseconds()}");
}
