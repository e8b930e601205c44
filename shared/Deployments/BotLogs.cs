using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Deployments;

/// <param name="Id">Of two lines the older one's sorts last.</param>
public sealed record BotLine(string Id, DateTimeOffset At, string Stream, string Text);

/// <summary>Which lines are looked for.</summary>
/// <param name="Before">The id of a line: only older ones. Null for no bound.</param>
/// <param name="Contains">In upper or lower case; null for anything.</param>
public sealed record LogSearch(DateTimeOffset? From, DateTimeOffset? To, string? Contains, string? Before, int Max);

/// <param name="Lines">Oldest first.</param>
/// <param name="Continuation">The id to look before for older ones; null when all were looked at.</param>
public sealed record LogPage(IReadOnlyList<BotLine> Lines, string? Continuation);

/// <summary>What bots wrote, newest first. Secrets are taken out before a line is stored, and a line goes when its time has come: a row that is
/// written before the first line of a day leads to it.</summary>
public sealed class BotLogs(Tables tables, BotSecrets secrets, IOptions<RetentionOptions> options, TimeProvider clock) : IExpiring
{
    private const string Partition = "logs-";
    private const int TransactionMax = 100;
    private const int LineMax = 8_000;
    private const int ScanMax = 5_000;
    private const int PageMax = 1_000;
    private const string Collection = "collected";

    /// <summary>Storing the same lines again changes nothing but what is known by now to be part of a secret: a line's key is its time and
    /// a hash of what it was.</summary>
    public async Task StoreAsync(string deployment, IReadOnlyList<VmLogLine> lines, DateTimeOffset at, CancellationToken ct)
    {
        await LeadToAsync(deployment, at, ct);
        var redactor = new Redactor(await secrets.ReadAllAsync(deployment, ct));
        var rows = lines
            .GroupBy(line => line.Stream)
            .SelectMany(stream => stream.Zip(redactor.Apply([.. stream.Select(line => line.Text)])))
            .Select(line => Write(deployment, line.First, line.Second))
            .DistinctBy(row => row.RowKey)
            .Append(new TableEntity(deployment, Collection) { ["at"] = at });
        foreach (var batch in rows.Chunk(TransactionMax))
        {
            await tables.Logs.SubmitTransactionAsync(
                batch.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)), ct);
        }
    }

    /// <inheritdoc/>
    public Round ExpiredRound(DateTimeOffset now) => new("logs", tables.Index, Partition, To: $"{now.UtcTicks:D19}~", Max: options.Value.SweepMax);

    /// <inheritdoc/>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        var (deployment, until) = (row.GetString("deployment"), TableRows.Inverted((clock.GetUtcNow() - options.Value.Logs).UtcTicks));
        await tables.Logs.RemoveAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {deployment} and RowKey gt {until + "~"} and RowKey lt {Collection}"), ct);
        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    /// <summary>When the machine was last asked; null for never.</summary>
    public async Task<DateTimeOffset?> CollectedAtAsync(string deployment, CancellationToken ct) =>
        (await tables.Logs.FindAsync(deployment, Collection, ct))?.GetDateTimeOffset("at");

    /// <summary>The newest lines that are looked for. Of many lines it looks at 5 000 and says where to go on.</summary>
    public async Task<LogPage> FindAsync(string deployment, LogSearch search, CancellationToken ct)
    {
        string[] bounds = [search.Before is { } before ? before + "~" : "", search.To is { } to ? TableRows.Inverted(to.UtcTicks) : ""];
        var newest = bounds.Max(StringComparer.Ordinal)!;
        var oldest = search.From is { } from ? TableRows.Inverted(from.UtcTicks) + "~" : Collection;
        var rows = tables.Logs.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {deployment} and RowKey ge {newest} and RowKey lt {oldest}"), PageMax,
            cancellationToken: ct);
        var (found, scanned) = (new List<BotLine>(), 0);
        await foreach (var line in rows.Select(Read))
        {
            if (line.Text.Contains(search.Contains ?? "", StringComparison.OrdinalIgnoreCase))
            {
                found.Add(line);
            }

            if (found.Count == search.Max || ++scanned == ScanMax)
            {
                return new([.. Enumerable.Reverse(found)], line.Id);
            }
        }

        return new([.. Enumerable.Reverse(found)], null);
    }

    /// <summary>The time that a line's id holds; null when it is no such id.</summary>
    public static DateTimeOffset? TimeOf(string id) =>
        id.Length == 28 && id[19] == '-' && long.TryParse(id.AsSpan(0, 19), out var inverted)
            && long.MaxValue - inverted is > TimeSpan.TicksPerDay and var ticks && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && id.AsSpan(20).IndexOfAnyExceptInRange('0', 'f') < 0
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;

    /// <summary>To what is collected on this day, when none of it is to be kept any more.</summary>
    private async Task LeadToAsync(string deployment, DateTimeOffset at, CancellationToken ct)
    {
        var day = at.UtcDateTime.Date;
        if ((await CollectedAtAsync(deployment, ct))?.UtcDateTime.Date != day)
        {
            await tables.Index.UpsertEntityAsync(
                new TableEntity(Partition + Shards.KeyOf(deployment), $"{(day.AddDays(1) + options.Value.Logs).Ticks:D19}-{deployment}")
                {
                    ["deployment"] = deployment,
                },
                TableUpdateMode.Replace, ct);
        }
    }

    private static TableEntity Write(string deployment, VmLogLine line, string redacted)
    {
        var text = redacted.Length > LineMax ? redacted[..LineMax] + "…" : redacted;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line.Stream + line.Text)).AsSpan(0, 4));
        return new(deployment, $"{TableRows.Inverted(line.At.UtcTicks)}-{hash}")
        {
            ["at"] = line.At,
            ["stream"] = line.Stream,
            ["text"] = text,
        };
    }

    private static BotLine Read(TableEntity row) =>
        new(row.RowKey, row.GetDateTimeOffset("at")!.Value, row.GetString("stream"), row.GetString("text"));
}
