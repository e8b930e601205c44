using Azure.Data.Tables;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Operations;

/// <summary>What was typed for operations, and what they answered, goes when its time has come; that they were, and how they ended, stays. A row
/// that is written before an operation leads to it, by when it was asked for.</summary>
public sealed class OperationWords(Tables tables, OperationStore operations, IOptions<RetentionOptions> options) : IExpiring
{
    private const string Partition = "words-";

    /// <inheritdoc/>
    public Round ExpiredRound(DateTimeOffset now) =>
        new("words", tables.Index, Partition, To: $"{(now - options.Value.Operations).UtcTicks:D19}~", Max: options.Value.SweepMax);

    /// <summary>One that has not ended keeps its words, and is looked at again.</summary>
    /// <inheritdoc/>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        var operation = await operations.FindAsync(row.GetString("account"), row.GetString("operation"), ct);
        if (operation is { IsFinished: false })
        {
            return;
        }

        if (operation is not null)
        {
            await operations.ForgetWordsAsync(operation, ct);
        }

        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    internal static Task LeadToAsync(Tables tables, Operation operation, CancellationToken ct) => tables.Index.UpsertEntityAsync(
        new TableEntity(Partition + Shards.KeyOf(operation.Id), $"{operation.CreatedAt.UtcTicks:D19}-{operation.Id}")
        {
            ["account"] = operation.Account,
            ["operation"] = operation.Id,
        },
        TableUpdateMode.Replace, ct);
}
