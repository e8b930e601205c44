using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>The last that a machine told of itself.</summary>
/// <param name="SentAt">The machine's clock, milliseconds since 1970; only a later one replaces it.</param>
/// <param name="ReceivedAt">Ours: how old it is.</param>
public sealed record Heartbeat(string Vm, long SentAt, DateTimeOffset ReceivedAt, VmReport Report)
{
    /// <summary>How often Docker had started each bot anew, two heartbeats before this one or as far back as is known.</summary>
    public IReadOnlyDictionary<string, int> RestartsBefore { get; init; } = new Dictionary<string, int>();
}

/// <summary>What a heartbeat is worth.</summary>
public enum HeartbeatNews
{
    /// <summary>One as new, or newer, was taken already.</summary>
    Repeated,

    /// <summary>The machine tells what was looked at before and found to be as it should be.</summary>
    AsBefore,

    /// <summary>Somebody has to look.</summary>
    Changed,
}

/// <summary>The newest heartbeat of every machine, and when the machine is to be looked at next. A machine has one row that tells when it
/// is due and one for its turn, in the order of time: whoever looks reads those whose time has come and no other. They move in one
/// transaction with the heartbeat, which lies beside them.</summary>
public sealed class HeartbeatStore(Tables tables)
{
    /// <summary>What a row can hold in one property, with room for the rest of it.</summary>
    public const int ReportBytesMax = 60 * 1024;

    // Not the strict reader of the wire: a machine may run a newer program than this one knows.
    private static readonly JsonSerializerOptions Lenient = new(JsonSerializerDefaults.Web) { MaxDepth = 8 };

    /// <exception cref="JsonException">When it is no report.</exception>
    public static VmReport Read(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize<VmReport>(body, Lenient) ?? throw new JsonException("The report is null.");

    /// <summary>A heartbeat counts once.</summary>
    public async Task<HeartbeatNews> TryPutAsync(string vm, long sentAt, DateTimeOffset receivedAt, byte[] body, CancellationToken ct)
    {
        var fingerprint = Fingerprint(Read(body));
        while (true)
        {
            if (await FindRowAsync(vm, ct) is not { } before)
            {
                await WatchAsync(tables, vm, receivedAt, ct);
                continue;
            }

            if (before.GetInt64("sentAt") >= sentAt)
            {
                return HeartbeatNews.Repeated;
            }

            var isKnown = fingerprint is not null && fingerprint == before.GetString("looked");
            var row = new TableEntity(before)
            {
                ["sentAt"] = sentAt,
                ["receivedAt"] = receivedAt,
                ["report"] = body,
                ["restartsBefore"] = before.GetString("restarts") ?? Restarts(before),
                ["restarts"] = Restarts(before),
            };
            if (await TryMoveAsync(row, before, isKnown ? receivedAt + Observation.HeartbeatMax : receivedAt, turn: null, ct))
            {
                return isKnown ? HeartbeatNews.AsBefore : HeartbeatNews.Changed;
            }
        }
    }

    public async Task<Heartbeat?> FindAsync(string vm, CancellationToken ct) => (await FindWatchAsync(vm, ct))?.Heartbeat;

    /// <summary>Null when nobody watches the machine.</summary>
    public async Task<Watch?> FindWatchAsync(string vm, CancellationToken ct) =>
        await FindRowAsync(vm, ct) is { } row ? new(vm, Read(row), row) : null;

    /// <summary>After somebody has looked. A heartbeat that came meanwhile has decided already, and is left alone.</summary>
    /// <param name="watch">As it was read before.</param>
    /// <param name="isSettled">True when all is as it should be, or known to be otherwise: the same heartbeat is no news any more.</param>
    /// <param name="again">When somebody has to look, whatever the machine says until then.</param>
    /// <param name="turn">When all of it is looked at as a matter of course; null to leave that.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task LookedAsync(Watch watch, bool isSettled, DateTimeOffset again, DateTimeOffset? turn, CancellationToken ct)
    {
        var row = new TableEntity(watch.Row) { ["looked"] = isSettled && watch.Heartbeat is { } seen ? Fingerprint(seen.Report) : null };
        return TryMoveAsync(row, watch.Row, again, turn, ct);
    }

    /// <summary>Notes that the machine is missed and answers since when; the first note stays.</summary>
    public async Task<DateTimeOffset> MissAsync(string vm, DateTimeOffset now, CancellationToken ct)
    {
        var (partition, row) = (Shards.KeyOf(vm), WatchRows.Missing(vm));
        await tables.Heartbeats.TryAddAsync(new TableEntity(partition, row) { ["since"] = now }, ct);
        return (await tables.Heartbeats.FindAsync(partition, row, ct))?.GetDateTimeOffset("since") ?? now;
    }

    public Task FoundAsync(string vm, CancellationToken ct) =>
        tables.Heartbeats.RemoveAsync(Shards.KeyOf(vm), WatchRows.Missing(vm), ct);

    /// <summary>Machines whose time has come: silent ones, and those that told something new.</summary>
    public Round DueRound(DateTimeOffset now) =>
        new("due", tables.Heartbeats, From: WatchRows.Due, To: WatchRows.Due + WatchRows.Key(now.AddTicks(1)), ShardMax: 200);

    /// <summary>Machines that are looked at as a matter of course. Where there are more than can be done the oldest come first.</summary>
    public Round TurnRound(DateTimeOffset now) =>
        new("turns", tables.Heartbeats, From: WatchRows.Turn, To: WatchRows.Turn + WatchRows.Key(now.AddTicks(1)), ShardMax: 2);

    /// <summary>Removes a row that is not what the machine's own row says. True when it was none.</summary>
    public async Task<bool> IsStrayAsync(TableEntity row, Watch? watch, CancellationToken ct)
    {
        if (watch?.Row.GetString("due") == row.RowKey || watch?.Row.GetString("turn") == row.RowKey)
        {
            return false;
        }

        IndexRows.CountHealed("watch-superfluous");
        await tables.Heartbeats.RemoveAsync(row.PartitionKey, row.RowKey, ct);
        return true;
    }

    /// <summary>From now on somebody looks at the machine, whether it tells anything or not. False when that was so already.</summary>
    public static async Task<bool> WatchAsync(Tables tables, string vm, DateTimeOffset now, CancellationToken ct)
    {
        var partition = Shards.KeyOf(vm);
        var found = await tables.Heartbeats.FindAsync(partition, WatchRows.Latest(vm), ct);
        if (found is not null && await HasAsync(tables, found, "due", ct) && await HasAsync(tables, found, "turn", ct))
        {
            return false;
        }

        // Whole, also where one of its parts was lost. Its own row may only be written after this; turns are spread by the id.
        var first = now + Watch.FirstAfter;
        var (due, turn) = (WatchRows.DueAt(vm, first), WatchRows.TurnAt(vm, first + (Watch.TurnEvery * (vm[^1] % 10 / 10.0))));
        var row = new TableEntity(found ?? new(partition, WatchRows.Latest(vm))) { ["due"] = due, ["turn"] = turn };
        try
        {
            await tables.Heartbeats.SubmitTransactionAsync(
                [
                    found is null
                        ? new(TableTransactionActionType.Add, row)
                        : new(TableTransactionActionType.UpdateReplace, row, found.ETag),
                    new(TableTransactionActionType.UpsertReplace, new TableEntity(partition, due) { ["vm"] = vm }),
                    new(TableTransactionActionType.UpsertReplace, new TableEntity(partition, turn) { ["vm"] = vm }),
                ],
                ct);
            return true;
        }
        catch (TableTransactionFailedException lost) when (lost.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    /// <summary>With the machine's own row.</summary>
    public static async Task ForgetAsync(Tables tables, string vm, CancellationToken ct)
    {
        var partition = Shards.KeyOf(vm);
        var row = await tables.Heartbeats.FindAsync(partition, WatchRows.Latest(vm), ct);
        foreach (var key in new[] { WatchRows.Missing(vm), row?.GetString("due"), row?.GetString("turn"), WatchRows.Latest(vm) })
        {
            if (key is not null)
            {
                await tables.Heartbeats.RemoveAsync(partition, key, ct);
            }
        }
    }

    private Task<TableEntity?> FindRowAsync(string vm, CancellationToken ct) =>
        tables.Heartbeats.FindAsync(Shards.KeyOf(vm), WatchRows.Latest(vm), ct);

    /// <summary>False when somebody else was faster, or one of the rows was lost: then they are there again, for the next try.</summary>
    private async Task<bool> TryMoveAsync(
        TableEntity row, TableEntity before, DateTimeOffset due, DateTimeOffset? turn, CancellationToken ct)
    {
        var (vm, moves) = (WatchRows.VmOf(before), new List<TableTransactionAction>());
        Move("due", WatchRows.DueAt(vm, due));
        Move("turn", turn is { } at ? WatchRows.TurnAt(vm, at) : before.GetString("turn"));
        try
        {
            await tables.Heartbeats.SubmitTransactionAsync(
                [new(TableTransactionActionType.UpdateReplace, row, before.ETag), .. moves], ct);
            return true;
        }
        catch (TableTransactionFailedException lost) when (lost.Status is 404 or 412)
        {
            if (lost.Status is 404)
            {
                await WatchAsync(tables, vm, due, ct);
            }

            return false;
        }

        void Move(string what, string to)
        {
            if (before.GetString(what) == to)
            {
                return;
            }

            row[what] = to;
            moves.Add(new(TableTransactionActionType.Delete, new TableEntity(row.PartitionKey, before.GetString(what)), ETag.All));
            moves.Add(new(TableTransactionActionType.UpsertReplace, new TableEntity(row.PartitionKey, to) { ["vm"] = vm }));
        }
    }

    private static async Task<bool> HasAsync(Tables tables, TableEntity row, string what, CancellationToken ct) =>
        row.GetString(what) is { } key && await tables.Heartbeats.FindAsync(row.PartitionKey, key, ct) is not null;

    /// <summary>Of what a machine says of its bots; null when it could not tell, which is never what was expected.</summary>
    private static string? Fingerprint(VmReport report) => report.Bots is null
        ? null
        : Convert.ToHexStringLower(SHA256.HashData(
            JsonSerializer.SerializeToUtf8Bytes(
                report.Bots.OrderBy(bot => bot.Deployment, StringComparer.Ordinal).Select(bot => bot with { Use = null }), Lenient)));

    private static string? Restarts(TableEntity row) => Read(row)?.Report.Bots is { } bots
        ? JsonSerializer.Serialize(bots.DistinctBy(bot => bot.Deployment).ToDictionary(bot => bot.Deployment, bot => bot.Restarts))
        : null;

    private static Heartbeat? Read(TableEntity row) => row.GetBinary("report") is not { } report
        ? null
        : new(WatchRows.VmOf(row), row.GetInt64("sentAt")!.Value, row.GetDateTimeOffset("receivedAt")!.Value, Read(report))
        {
            RestartsBefore = row.GetString("restartsBefore") is { } restarts
                ? JsonSerializer.Deserialize<Dictionary<string, int>>(restarts)!
                : [],
        };
}
