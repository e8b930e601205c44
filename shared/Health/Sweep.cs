using System.Collections.Concurrent;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Health;

/// <param name="Turn">Of the bots that look well, those whose public address is to be tried this time.</param>
public sealed record Swept(IReadOnlyList<Suspect> Suspects, IReadOnlyList<PlacedBot> Turn);

/// <summary>Looks at every machine whose time has come and at every bot that there is something to say about, and picks out what does not
/// look well. A machine that goes on telling what it told before costs nothing here.</summary>
public sealed class Sweep(Rounds rounds, MachineSweep machines, ConditionStore conditions, ConditionSweep unwell)
{
    public async Task<Swept> RunAsync(DateTimeOffset now, CancellationToken ct)
    {
        var (suspects, turn) = (new ConcurrentBag<Suspect>(), new ConcurrentBag<PlacedBot>());
        await rounds.GoAsync(machines.Due(now), async (row, stop) => Add(await machines.LookAsync(row, now, stop)), ct);
        await rounds.GoAsync(
            machines.Turns(now),
            async (row, stop) =>
            {
                var look = await machines.LookAsync(row, now, stop);
                Add(look);
                foreach (var bot in look?.Well ?? [])
                {
                    turn.Add(bot);
                }
            },
            ct);
        await rounds.GoAsync(
            conditions.Round(),
            async (row, stop) =>
            {
                if (await unwell.LookAsync(row, now, stop) is { } suspect)
                {
                    suspects.Add(suspect);
                }
            },
            ct);
        return new(Suspect.Merge(suspects), [.. turn]);

        void Add(Look? look)
        {
            if (look?.Suspect is { } suspect)
            {
                suspects.Add(suspect);
            }
        }
    }
}

/// <summary>Looks at machines, and notes when each is to be looked at next.</summary>
public sealed class MachineSweep(Tables tables, HeartbeatStore heartbeats, MachineLook machines)
{
    public Round Due(DateTimeOffset now) => heartbeats.DueRound(now);

    public Round Turns(DateTimeOffset now) => heartbeats.TurnRound(now);

    /// <param name="row">What made it due, or brings its turn.</param>
    /// <param name="now">Ours.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<Look?> LookAsync(TableEntity row, DateTimeOffset now, CancellationToken ct)
    {
        var watch = await heartbeats.FindWatchAsync(row.GetString("vm"), ct);
        return await heartbeats.IsStrayAsync(row, watch, ct)
            ? null
            : await LookAsync(watch!, now, row.RowKey.StartsWith(WatchRows.Turn, StringComparison.Ordinal), ct);
    }

    /// <param name="vm">One that has just told something new.</param>
    /// <param name="now">Ours.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<Look?> LookAsync(string vm, DateTimeOffset now, CancellationToken ct) =>
        await heartbeats.FindWatchAsync(vm, ct) is { } watch ? await LookAsync(watch, now, isTurn: false, ct) : null;

    private async Task<Look?> LookAsync(Watch watch, DateTimeOffset now, bool isTurn, CancellationToken ct)
    {
        if (await machines.LookAsync(watch, now, ct) is not { } look)
        {
            await HeartbeatStore.ForgetAsync(tables, watch.Vm, ct);
            return null;
        }

        var silentAt = watch.Heartbeat?.ReceivedAt + Observation.HeartbeatMax;
        var again = look.IsSettled && silentAt > now ? silentAt.Value : now + Watch.AgainAfter;
        await heartbeats.LookedAsync(watch, look.IsSettled, again, isTurn ? now + Watch.TurnEvery : null, ct);
        return look;
    }
}

/// <summary>Looks at bots that there is something to say about, and forgets those that were deleted.</summary>
public sealed class ConditionSweep(PlacedBots placed, MachineLook machines, Aftermath aftermath)
{
    public async Task<Suspect?> LookAsync(TableEntity row, DateTimeOffset now, CancellationToken ct)
    {
        var condition = ConditionStore.Read(row);
        var found = await placed.FindAsync(condition.Account, condition.Deployment, ct);
        if (found.Bot is { } bot)
        {
            return await machines.LookAsync(condition, bot, now, ct);
        }

        if (!found.IsBusy)
        {
            await aftermath.EndAsync(condition.Account, condition.Deployment, ct);
        }

        return null;
    }
}
