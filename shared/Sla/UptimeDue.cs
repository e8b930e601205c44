using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Sla;

/// <summary>A bot that was down in a month.</summary>
public sealed record DueBot(string Account, string Deployment, Month Month);

/// <summary>What leads to bots whose month has to be settled, because they were down in it. It is there before the row of the record that says
/// so, and goes when the month is settled (ADR 23).</summary>
public sealed class UptimeDue(Tables tables)
{
    private const string Partition = "sla-";
    private const char Between = '~';

    private readonly IndexRows index = new(tables);

    public Task MarkAsync(DueBot bot, CancellationToken ct) => tables.Index.UpsertEntityAsync(
        new TableEntity(Partition + Shards.KeyOf(bot.Deployment), $"{bot.Month}{Between}{bot.Deployment}") { ["account"] = bot.Account },
        TableUpdateMode.Replace, ct);

    /// <summary>Those of all months before one.</summary>
    public Round Before(Month month) => new("sla", tables.Index, Partition, To: month.ToString());

    /// <summary>Some of those of a month that is not settled yet.</summary>
    public async Task<IReadOnlyList<DueBot>> OfAsync(Month month, int max, CancellationToken ct)
    {
        var bots = new List<DueBot>();
        for (var shard = 0; shard < Shards.Count && bots.Count < max; shard++)
        {
            bots.AddRange(await index.Between(Partition + Shards.Key(shard), $"{month}{Between}", $"{month}{Between}{Between}", max, ct)
                .Take(max - bots.Count).Select(Of).ToListAsync(ct));
        }

        return bots;
    }

    public static DueBot Of(TableEntity row) => row.RowKey.Split(Between) is [var month, var deployment]
        ? new(row.GetString("account"), deployment, Month.Parse(month))
        : throw new InvalidOperationException(row.RowKey);

    /// <summary>Unless it was down again meanwhile.</summary>
    public Task RemoveAsync(TableEntity row, CancellationToken ct) => index.RemoveAsync(row, ct);
}
