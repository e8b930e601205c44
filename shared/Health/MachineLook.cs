using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>A machine that has to be looked at closely, because of the bots named or of itself.</summary>
public sealed record Suspect(Tier Tier, string Vm, IReadOnlyList<PlacedBot> Bots)
{
    /// <summary>Each machine once, with each bot once.</summary>
    public static IReadOnlyList<Suspect> Merge(IEnumerable<Suspect> suspects) =>
    [
        .. suspects.GroupBy(suspect => suspect.Vm)
            .Select(same => same.First() with
            {
                Bots = [.. same.SelectMany(suspect => suspect.Bots).DistinctBy(bot => bot.Deployment)],
            }),
    ];
}

/// <param name="Suspect">Null when nothing has to be done.</param>
/// <param name="IsSettled">True when the same words of the machine need not be looked at again.</param>
/// <param name="Well">Bots that look well.</param>
public sealed record Look(Suspect? Suspect, bool IsSettled, IReadOnlyList<PlacedBot> Well);

/// <summary>Compares what one machine told by itself with the tables. It asks nobody, and reads the rows of that machine and of its bots
/// alone.</summary>
public sealed class MachineLook(VmStore vms, HeartbeatStore heartbeats, PlacedBots placed, ConditionStore conditions)
{
    /// <summary>A machine this young may not have got to its first heartbeat.</summary>
    private static readonly TimeSpan SettledAfter = TimeSpan.FromMinutes(5);

    /// <summary>Null when there is no such machine any more.</summary>
    public async Task<Look?> LookAsync(Watch watch, DateTimeOffset now, CancellationToken ct)
    {
        if (await vms.FindAsync(watch.Vm, ct) is not { } vm)
        {
            return null;
        }

        var (suspects, well, isSettled) = (new List<PlacedBot>(), new List<PlacedBot>(), true);
        foreach (var (deployment, account) in vm.Owners)
        {
            var found = await placed.FindAsync(account, deployment, ct);
            isSettled &= !found.IsBusy;
            if (found.Bot is not { } bot || bot.Vm != vm.Id)
            {
                continue;
            }

            if (IsOutOfDate(watch.Heartbeat, bot, now))
            {
                isSettled = false;
            }
            else if (await NeedsLookAsync(bot, watch.Heartbeat, await conditions.FindAsync(account, deployment, ct), now, ct))
            {
                suspects.Add(bot);
            }
            else if (Observation.Of(watch.Heartbeat, deployment, now) is Sight.Up)
            {
                well.Add(bot);
            }
        }

        var suspect = suspects.Count > 0 || NeedsLook(vm, watch.Heartbeat, now) ? new Suspect(vm.Pool, vm.Id, suspects) : null;
        return new(suspect, isSettled && suspect is null, well);
    }

    /// <summary>For a bot that there is something to say about. Null when nothing has to be done.</summary>
    public async Task<Suspect?> LookAsync(Condition condition, PlacedBot bot, DateTimeOffset now, CancellationToken ct)
    {
        // A machine without a row was given back: nobody will hear of it again.
        var heartbeat = await vms.FindAsync(bot.Tier, bot.Vm, ct) is null ? null : await heartbeats.FindAsync(bot.Vm, ct);
        return !IsOutOfDate(heartbeat, bot, now) && await NeedsLookAsync(bot, heartbeat, condition, now, ct)
            ? new(bot.Tier, bot.Vm, [bot])
            : null;
    }

    /// <summary>The bot was changed since its machine last told, and the next heartbeat is still to be waited for.</summary>
    private static bool IsOutOfDate(Heartbeat? heartbeat, PlacedBot bot, DateTimeOffset now) =>
        heartbeat is not null && heartbeat.ReceivedAt < bot.ChangedAt && now - bot.ChangedAt < Observation.HeartbeatMax;

    private static bool NeedsLook(Vm vm, Heartbeat? heartbeat, DateTimeOffset now) =>
        vm.Status is VmStatus.Ready
        && (heartbeat is null || now - heartbeat.ReceivedAt >= Observation.HeartbeatMax
            ? now - vm.CreatedAt >= SettledAfter
            : heartbeat.Report.Bots is { } bots && Drift.Unowned(bots, vm, vm).Any());

    private async ValueTask<bool> NeedsLookAsync(
        PlacedBot bot, Heartbeat? heartbeat, Condition? condition, DateTimeOffset now, CancellationToken ct) =>
        Observation.Of(heartbeat, bot.Deployment, now) switch
        {
            Sight.Up => bot.Failed
                || await DriftAsync(bot, heartbeat!, ct) != condition?.Drift
                || (condition is not null
                    && (condition.Verdict.Kind is not VerdictKind.Up || condition.DownSince is not null
                        || condition.HasRecovered(now) || condition.IsOver(now))),
            // Nothing is tried any more and nothing has changed.
            Sight.Down => condition is not { GivenUp: not null, Verdict.Kind: VerdictKind.Down },
            _ => true,
        };

    private async ValueTask<string?> DriftAsync(PlacedBot bot, Heartbeat heartbeat, CancellationToken ct)
    {
        var there = heartbeat.Report.Bots!.First(one => one.Deployment == bot.Deployment);
        return Drift.Fingerprint(Drift.Compare(await placed.WantedAsync(bot.Deployment, bot.Version, ct), there));
    }
}
