using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>A machine that has to be looked at, because of the bots named or of itself.</summary>
public sealed record Suspect(Tier Tier, string Vm, IReadOnlyList<PlacedBot> Bots);

/// <param name="Turn">Of the bots that look well, those whose public address is to be tried this time.</param>
/// <param name="Unplaced">What is remembered of bots that are not among those that should run.</param>
public sealed record Swept(IReadOnlyList<Suspect> Suspects, IReadOnlyList<PlacedBot> Turn, IReadOnlyList<Condition> Unplaced);

/// <summary>Goes once over everything that should run and picks out what does not look well. It asks nobody: what machines told by
/// themselves is compared with the tables, so that a healthy bot costs a row read and nothing else.</summary>
public sealed class Sweep(VmStore vms, HeartbeatStore heartbeats, ConditionStore conditions, PlacedBots placed)
{
    /// <summary>A machine this young may not have got to its first heartbeat.</summary>
    private static readonly TimeSpan SettledAfter = TimeSpan.FromMinutes(5);

    /// <summary>Every bot is tried from outside once in as many minutes.</summary>
    private const int Turns = 10;

    /// <summary>In one sweep.</summary>
    private const int TurnMax = 256;

    public async Task<Swept> RunAsync(DateTimeOffset now, CancellationToken ct)
    {
        var machines = new Dictionary<string, Vm>();
        foreach (var tier in Enum.GetValues<Tier>())
        {
            foreach (var vm in await vms.ListAsync(tier, ct))
            {
                machines[vm.Id] = vm;
            }
        }

        var told = await heartbeats.AllAsync(ct);
        var remarkable = await conditions.AllAsync(ct);
        var unplaced = new Dictionary<string, Condition>(remarkable);
        var found = machines.Values.Where(vm => NeedsLook(vm, told.GetValueOrDefault(vm.Id), now))
            .ToDictionary(vm => vm.Id, vm => (vm.Pool, Bots: new List<PlacedBot>()));
        var turn = new List<PlacedBot>();
        await foreach (var bot in placed.AllAsync(ct))
        {
            unplaced.Remove(bot.Deployment);
            var heartbeat = told.GetValueOrDefault(bot.Vm);
            if (IsOutOfDate(heartbeat, bot, now))
            {
                continue;
            }

            var sight = machines.ContainsKey(bot.Vm) ? Observation.Of(heartbeat, bot.Deployment, now) : Sight.Silent;
            var drift = sight is Sight.Up ? await DriftAsync(bot, heartbeat!, ct) : null;
            if (NeedsLook(bot, sight, drift, remarkable.GetValueOrDefault(bot.Deployment), now))
            {
                if (!found.TryGetValue(bot.Vm, out var suspect))
                {
                    found[bot.Vm] = suspect = (bot.Tier, []);
                }

                suspect.Bots.Add(bot);
            }
            else if (sight is Sight.Up && turn.Count < TurnMax && bot.Deployment[^1] % Turns == now.Minute % Turns)
            {
                turn.Add(bot);
            }
        }

        return new([.. found.Select(pair => new Suspect(pair.Value.Pool, pair.Key, pair.Value.Bots))], turn, [.. unplaced.Values]);
    }

    private async ValueTask<string?> DriftAsync(PlacedBot bot, Heartbeat heartbeat, CancellationToken ct)
    {
        var there = heartbeat.Report.Bots!.First(one => one.Deployment == bot.Deployment);
        return Drift.Fingerprint(Drift.Compare(await placed.WantedAsync(bot.Deployment, bot.Version, ct), there));
    }

    /// <summary>The bot was changed since its machine last told, and the next heartbeat is still to be waited for.</summary>
    private static bool IsOutOfDate(Heartbeat? heartbeat, PlacedBot bot, DateTimeOffset now) =>
        heartbeat is not null && heartbeat.ReceivedAt < bot.ChangedAt && now - bot.ChangedAt < Observation.HeartbeatMax;

    private static bool NeedsLook(Vm vm, Heartbeat? heartbeat, DateTimeOffset now) =>
        vm.Status is VmStatus.Ready
        && (heartbeat is null || now - heartbeat.ReceivedAt >= Observation.HeartbeatMax
            ? now - vm.CreatedAt >= SettledAfter
            : heartbeat.Report.Bots is { } bots && Drift.Unowned(bots, vm, vm).Any());

    private static bool NeedsLook(PlacedBot bot, Sight sight, string? drift, Condition? condition, DateTimeOffset now) => sight switch
    {
        Sight.Up => bot.Failed
            || drift != condition?.Drift
            || (condition is not null
                && (condition.Verdict.Kind is not VerdictKind.Up || condition.HasRecovered(now) || condition.IsOver(now))),
        // Nothing is tried any more and nothing has changed.
        Sight.Down => condition is not { GivenUp: not null, Verdict.Kind: VerdictKind.Down },
        _ => true,
    };
}
