using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Deployments;

/// <summary>What bots wrote, newest first. Secrets are taken out before a line is stored.</summary>
public sealed class BotLogs(Tables tables, BotSecrets secrets)
{
    private const int TransactionMax = 100;
    private const int LineMax = 8_000;
    private const string Collection = "collected";

    /// <summary>Storing the same lines again changes nothing: a line's key is its time and its hash.</summary>
    public async Task StoreAsync(string deployment, IReadOnlyList<VmLogLine> lines, DateTimeOffset at, CancellationToken ct)
    {
        var values = await secrets.ReadAsync(deployment, await secrets.NamesAsync(deployment, ct), ct);
        var rows = lines
            .Select(line => Write(deployment, line with { Text = Redact(line.Text, values) }))
            .DistinctBy(row => row.RowKey)
            .Append(new TableEntity(deployment, Collection) { ["at"] = at });
        foreach (var batch in rows.Chunk(TransactionMax))
        {
            await tables.Logs.SubmitTransactionAsync(
                batch.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)), ct);
        }
    }

    /// <summary>The newest lines, oldest of them first, and when the machine was last asked.</summary>
    public async Task<(IReadOnlyList<VmLogLine> Lines, DateTimeOffset? CollectedAt)> ReadAsync(
        string deployment, int tail, CancellationToken ct)
    {
        var newest = tables.Logs.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {deployment} and RowKey lt {Collection}"), tail, cancellationToken: ct);
        var lines = await newest.Take(tail).Select(Read).Reverse().ToListAsync(ct);
        return (lines, (await tables.Logs.FindAsync(deployment, Collection, ct))?.GetDateTimeOffset("at"));
    }

    private static string Redact(string text, IReadOnlyDictionary<string, string> values) =>
        values.Aggregate(text, (line, secret) => line.Replace(secret.Value, $"[{secret.Key}]", StringComparison.Ordinal));

    private static TableEntity Write(string deployment, VmLogLine line)
    {
        var text = line.Text.Length > LineMax ? line.Text[..LineMax] + "…" : line.Text;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line.Stream + text)).AsSpan(0, 4));
        return new(deployment, $"{TableRows.Inverted(line.At.UtcTicks)}-{hash}")
        {
            ["at"] = line.At,
            ["stream"] = line.Stream,
            ["text"] = text,
        };
    }

    private static VmLogLine Read(TableEntity row) =>
        new(row.GetDateTimeOffset("at")!.Value, row.GetString("stream"), row.GetString("text"));
}
