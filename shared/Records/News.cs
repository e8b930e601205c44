using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Records;

/// <summary>What leads to a record that has something to tell. It is written before the rows are: a crash leaves one too many, never one too
/// few. One that is too young to be believed stays, for the rows may be on their way; those that come later still are found with the next.
/// </summary>
public sealed class News(Tables tables, TimeProvider clock)
{
    private const string Partition = "news";
    private const int BatchMax = 200;

    /// <summary>Longer than what writes the rows usually waits.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    private readonly IndexRows index = new(tables);

    /// <summary>Has to be there before what it leads to.</summary>
    /// <param name="deployment">Whose record.</param>
    /// <param name="account">Who is told.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task LeadAsync(string deployment, string account, CancellationToken ct) => tables.Index.UpsertEntityAsync(
        new TableEntity(Partition, deployment) { ["account"] = account, ["at"] = clock.GetUtcNow() }, TableUpdateMode.Replace, ct);

    public IAsyncEnumerable<TableEntity> AllAsync(CancellationToken ct) => index.Between(Partition, "", "~", BatchMax, ct);

    /// <summary>Everything that it leads to was told.</summary>
    public Task DoneAsync(TableEntity row, CancellationToken ct) =>
        clock.GetUtcNow() - row.GetDateTimeOffset("at") > Settled ? index.RemoveAsync(row, ct) : Task.CompletedTask;
}
