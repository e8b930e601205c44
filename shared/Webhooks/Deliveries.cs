using System.Diagnostics;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Logging;

namespace Launchpad.Shared.Webhooks;

public enum DeliveryStatus
{
    Pending,
    Delivered,

    /// <summary>Every try was in vain.</summary>
    Failed,

    /// <summary>The endpoint was switched off before it was taken.</summary>
    Dropped,
}

/// <summary>One event on its way to one endpoint, and every try: the receipt.</summary>
/// <param name="Tries">How many since it was last asked for: by then the next is due.</param>
/// <param name="DueAt">Of the next try; null when there is none.</param>
public sealed record Delivery(
    string Account, string Endpoint, string Event, string Type, string Body, DeliveryStatus Status, int Tries, DateTimeOffset? DueAt,
    IReadOnlyList<Attempt> Attempts, ETag ETag = default)
{
    /// <summary>Newest events first.</summary>
    internal string Row => Deliveries.RowOf(Endpoint, Event);
}

/// <summary>What leads to a delivery that is due.</summary>
/// <param name="Delivery">Null where there is none that waits.</param>
public sealed record DueDelivery(TableEntity Index, Delivery? Delivery);

/// <summary>Events on their way to endpoints: an outbox in the account's own partition. A row of the index leads to each that waits and is written
/// first. The same event for the same endpoint is one, however often it is put here.</summary>
/// <param name="tables">Where they are.</param>
/// <param name="clock">By which they are due.</param>
/// <param name="queue">The partition of what leads to them: what waits in one keeps nothing waiting in another.</param>
public class Deliveries(Tables tables, TimeProvider clock, string queue = "deliveries") : IExpiring
{
    public const int PageMax = 50;

    private const string Prefix = "dlv-";
    private const string Expiry = "delivered-";
    private const int BatchMax = 300;
    private const int AttemptsKept = 20;
    private const int AtOnceMax = 16;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>Longer than it takes to write what an index row leads to.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(10);

    public Task AddAsync(string endpoint, CustomerEvent one, CancellationToken ct) => AddAsync(one.Account, endpoint, one.Id, one.Type, one.Body, ct);

    /// <param name="account">Whose.</param>
    /// <param name="endpoint">Where it goes.</param>
    /// <param name="event">Its id, of the form that <see cref="CustomerEvent.TimeOf"/> reads.</param>
    /// <param name="type">What it is about, in a word.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task AddAsync(string account, string endpoint, string @event, string type, string body, CancellationToken ct)
    {
        if (await tables.Webhooks.FindAsync(account, RowOf(endpoint, @event), ct) is null)
        {
            var added = new Delivery(account, endpoint, @event, type, body, DeliveryStatus.Pending, 0, clock.GetUtcNow(), []);
            await LeadAsync(added, ct);
            await tables.Webhooks.TryAddAsync(Write(added), ct);
        }
    }

    /// <summary>Sends it once more, whatever became of it before.</summary>
    public async Task<Delivery?> AgainAsync(string account, string endpoint, string @event, CancellationToken ct)
    {
        while (await FindAsync(account, endpoint, @event, ct) is { } known)
        {
            var again = known with { Status = DeliveryStatus.Pending, Tries = 0, DueAt = clock.GetUtcNow() };
            await LeadAsync(again, ct);
            if (await tables.Webhooks.TryReplaceAsync(Write(again), known.ETag, ct))
            {
                return again;
            }
        }

        return null;
    }

    public async Task<Delivery?> FindAsync(string account, string endpoint, string @event, CancellationToken ct) =>
        await tables.Webhooks.FindAsync(account, RowOf(endpoint, @event), ct) is { } row ? Read(row) : null;

    /// <summary>Newest first.</summary>
    /// <param name="after">The event of the last one that is known; null to begin.</param>
    public async Task<IReadOnlyList<Delivery>> ListAsync(string account, string endpoint, string? after, CancellationToken ct)
    {
        var (from, to) = (after is null ? $"{Prefix}{endpoint}-" : RowOf(endpoint, after), $"{Prefix}{endpoint}-~");
        return await tables.Webhooks
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {account} and RowKey gt {from} and RowKey lt {to}"), PageMax, cancellationToken: ct)
            .Take(PageMax).Select(Read).ToListAsync(ct);
    }

    /// <summary>Has what is due sent, for each endpoint by itself, so that a slow one keeps no other waiting. One that does not take something is left
    /// alone until that is tried again.</summary>
    /// <param name="find">An endpoint by its account and id; null for one that nothing is sent to any more.</param>
    /// <param name="call">Sends one and saves what came of it: the endpoint as it is then, and when it is tried again; null for at once.</param>
    /// <param name="log">Hears of what could not be sent.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task SendDueAsync<T>(
        Func<string, string, CancellationToken, Task<T?>> find,
        Func<T, DueDelivery, CancellationToken, Task<(T? Endpoint, DateTimeOffset? Later)>> call,
        ILogger log, CancellationToken ct)
        where T : class
    {
        var due = await DueAsync(ct);
        foreach (var lost in due.Where(one => one.Delivery is null))
        {
            await DropAsync(lost, ct);
        }

        await Parallel.ForEachAsync(
            due.Where(one => one.Delivery is not null).GroupBy(one => (one.Delivery!.Account, one.Delivery.Endpoint)),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = ct },
            async (waiting, stop) =>
            {
                try
                {
                    await SendInTurnAsync(await find(waiting.Key.Account, waiting.Key.Endpoint, stop), waiting, call, stop);
                }
                catch (Exception trouble) when (!stop.IsCancellationRequested)
                {
                    log.LogError(trouble, "What waits for {Endpoint} could not be sent", waiting.Key.Endpoint);
                }
            });
    }

    private async Task SendInTurnAsync<T>(
        T? endpoint, IEnumerable<DueDelivery> waiting, Func<T, DueDelivery, CancellationToken, Task<(T? Endpoint, DateTimeOffset? Later)>> call,
        CancellationToken ct)
        where T : class
    {
        var (watch, later) = (Stopwatch.StartNew(), (DateTimeOffset?)null);
        foreach (var one in waiting)
        {
            if (endpoint is not { } open)
            {
                await SaveAsync(one, attempt: null, DeliveryStatus.Dropped, next: null, ct);
            }
            else if (later is not null)
            {
                await SaveAsync(one, attempt: null, DeliveryStatus.Pending, later, ct);
            }
            else
            {
                (endpoint, later) = await call(open, one, ct);
                later ??= watch.Elapsed > Turn ? clock.GetUtcNow() + Pause : null;
            }
        }
    }

    /// <summary>What is due, the oldest first.</summary>
    public async Task<IReadOnlyList<DueDelivery>> DueAsync(CancellationToken ct)
    {
        var until = $"{clock.GetUtcNow().UtcTicks:D19}~";
        var due = new List<DueDelivery>();
        var rows = tables.Index.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {queue} and RowKey lt {until}"), BatchMax, cancellationToken: ct);
        await foreach (var index in rows.Take(BatchMax))
        {
            var row = await tables.Webhooks.FindAsync(index.GetString("account"), index.GetString("row"), ct);
            var found = row is null ? null : Read(row);
            due.Add(new(index, found is { Status: DeliveryStatus.Pending } ? found : null));
        }

        return due;
    }

    /// <summary>What came of a try, and when the next is due. Whoever asked for it anew meanwhile is not overruled.</summary>
    /// <param name="due">As it was found.</param>
    /// <param name="attempt">Null where none was made.</param>
    /// <param name="status">What it is from now on.</param>
    /// <param name="next">When it is tried again; null for never.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task SaveAsync(DueDelivery due, Attempt? attempt, DeliveryStatus status, DateTimeOffset? next, CancellationToken ct)
    {
        var known = due.Delivery!;
        var saved = known with
        {
            Status = status,
            Tries = attempt is null ? known.Tries : known.Tries + 1,
            DueAt = next,
            Attempts = attempt is null ? known.Attempts : [.. known.Attempts.TakeLast(AttemptsKept - 1), attempt],
        };
        await (next is null ? ExpireAsync(saved, ct) : LeadAsync(saved, ct));
        await tables.Webhooks.TryReplaceAsync(Write(saved), known.ETag, ct);
        await tables.Index.RemoveAsync(due.Index.PartitionKey, due.Index.RowKey, ct);
    }

    /// <summary>What leads nowhere goes, once whoever wrote it has had the time to write the rest.</summary>
    public Task DropAsync(DueDelivery due, CancellationToken ct) => clock.GetUtcNow() - due.Index.GetDateTimeOffset("at") > Abandoned
        ? tables.Index.RemoveAsync(due.Index.PartitionKey, due.Index.RowKey, ct)
        : Task.CompletedTask;

    /// <summary>Of an endpoint that is gone.</summary>
    public Task RemoveAllAsync(string account, string endpoint, CancellationToken ct) => tables.Webhooks.RemoveAsync(
        TableClient.CreateQueryFilter($"PartitionKey eq {account} and RowKey ge {Prefix + endpoint + "-"} and RowKey lt {Prefix + endpoint + "-~"}"), ct);

    /// <inheritdoc/>
    public Round ExpiredRound(DateTimeOffset now) => new("deliveries", tables.Index, Expiry, To: $"{now.UtcTicks:D19}~");

    /// <inheritdoc/>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        if (await tables.Webhooks.FindAsync(row.GetString("account"), row.GetString("row"), ct) is { } kept && Read(kept).DueAt is null)
        {
            await tables.Webhooks.RemoveAsync(kept.PartitionKey, kept.RowKey, ct);
        }

        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    internal static string RowOf(string endpoint, string @event) =>
        $"{Prefix}{endpoint}-{TableRows.Inverted(CustomerEvent.TimeOf(@event)!.Value.UtcTicks)}-{@event}";

    private async Task LeadAsync(Delivery to, CancellationToken ct) =>
        await tables.Index.UpsertEntityAsync(Leading(queue, to.DueAt!.Value, to), TableUpdateMode.Replace, ct);

    private async Task ExpireAsync(Delivery to, CancellationToken ct) => await tables.Index.UpsertEntityAsync(
        Leading(Expiry + Shards.KeyOf(to.Event), clock.GetUtcNow() + KeptFor, to), TableUpdateMode.Replace, ct);

    private TableEntity Leading(string partition, DateTimeOffset at, Delivery to) =>
        new(partition, $"{at.UtcTicks:D19}-{Outbox.Name(to.Endpoint, to.Event)}") { ["account"] = to.Account, ["row"] = to.Row, ["at"] = clock.GetUtcNow() };

    private static TableEntity Write(Delivery of) => new(of.Account, of.Row)
    {
        ["endpoint"] = of.Endpoint,
        ["event"] = of.Event,
        ["type"] = of.Type,
        ["body"] = of.Body,
        ["status"] = of.Status.ToString(),
        ["tries"] = of.Tries,
        ["dueAt"] = of.DueAt,
        ["attempts"] = JsonSerializer.Serialize(of.Attempts, JsonSerializerOptions.Web),
    };

    private static Delivery Read(TableEntity row) => new(
        row.PartitionKey, row.GetString("endpoint"), row.GetString("event"), row.GetString("type"), row.GetString("body"),
        Enum.Parse<DeliveryStatus>(row.GetString("status")), row.GetInt32("tries")!.Value, row.GetDateTimeOffset("dueAt"),
        JsonSerializer.Deserialize<List<Attempt>>(row.GetString("attempts"), JsonSerializerOptions.Web)!, row.ETag);
}
