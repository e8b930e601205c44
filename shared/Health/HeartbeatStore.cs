using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>The last that a machine told of itself.</summary>
/// <param name="SentAt">The machine's clock, milliseconds since 1970; only a later one replaces it.</param>
/// <param name="ReceivedAt">Ours: how old it is.</param>
public sealed record Heartbeat(string Vm, long SentAt, DateTimeOffset ReceivedAt, VmReport Report);

/// <summary>The newest heartbeat of every machine, and since when a machine is missed.</summary>
public sealed class HeartbeatStore(Tables tables)
{
    /// <summary>What a row can hold in one property, with room for the rest of it.</summary>
    public const int ReportBytesMax = 60 * 1024;

    private const string Latest = "latest";
    private const string Missing = "missing";
    private const int PageMax = 1_000;

    // Not the strict reader of the wire: a machine may run a newer program than this one knows.
    private static readonly JsonSerializerOptions Lenient = new(JsonSerializerDefaults.Web) { MaxDepth = 8 };

    /// <exception cref="JsonException">When it is no report.</exception>
    public static VmReport Read(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize<VmReport>(body, Lenient) ?? throw new JsonException("The report is null.");

    /// <summary>False when one as new, or newer, was taken already: a heartbeat counts once.</summary>
    public async Task<bool> TryPutAsync(string vm, long sentAt, DateTimeOffset receivedAt, byte[] body, CancellationToken ct)
    {
        var row = new TableEntity(vm, Latest) { ["sentAt"] = sentAt, ["receivedAt"] = receivedAt, ["report"] = body };
        while (true)
        {
            var before = await tables.Heartbeats.FindAsync(vm, Latest, ct);
            if (before is null ? await tables.Heartbeats.TryAddAsync(row, ct)
                : before.GetInt64("sentAt") < sentAt && await tables.Heartbeats.TryReplaceAsync(row, before.ETag, ct))
            {
                return true;
            }

            if (before?.GetInt64("sentAt") >= sentAt)
            {
                return false;
            }
        }
    }

    public async Task<Heartbeat?> FindAsync(string vm, CancellationToken ct) =>
        await tables.Heartbeats.FindAsync(vm, Latest, ct) is { } row ? Read(row) : null;

    /// <summary>By machine, in one pass.</summary>
    public async Task<IReadOnlyDictionary<string, Heartbeat>> AllAsync(CancellationToken ct) =>
        await tables.Heartbeats
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RowKey eq {Latest}"), PageMax, cancellationToken: ct)
            .Select(Read)
            .ToDictionaryAsync(heartbeat => heartbeat.Vm, cancellationToken: ct);

    /// <summary>Notes that the machine is missed and answers since when; the first note stays.</summary>
    public async Task<DateTimeOffset> MissAsync(string vm, DateTimeOffset now, CancellationToken ct)
    {
        await tables.Heartbeats.TryAddAsync(new TableEntity(vm, Missing) { ["since"] = now }, ct);
        return (await tables.Heartbeats.FindAsync(vm, Missing, ct))?.GetDateTimeOffset("since") ?? now;
    }

    public Task FoundAsync(string vm, CancellationToken ct) => tables.Heartbeats.RemoveAsync(vm, Missing, ct);

    /// <summary>With the machine's own row.</summary>
    public static async Task ForgetAsync(Tables tables, string vm, CancellationToken ct)
    {
        await tables.Heartbeats.RemoveAsync(vm, Missing, ct);
        await tables.Heartbeats.RemoveAsync(vm, Latest, ct);
    }

    private static Heartbeat Read(TableEntity row) => new(
        row.PartitionKey, row.GetInt64("sentAt")!.Value, row.GetDateTimeOffset("receivedAt")!.Value, Read(row.GetBinary("report")));
}
