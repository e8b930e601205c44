using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Snapshots;

/// <summary>Writes the rows of a snapshot into empty tables. While it is at it a row says so: one that was interrupted goes on when it is
/// asked for the same snapshot again.</summary>
public sealed class SnapshotRestore(Tables tables, SnapshotBlobs blobs)
{
    private const string Name = "restore-control-plane";
    private const string Place = "snapshot";
    private const int TransactionMax = 100;

    // A transaction is 4 MiB at most, and a row as text is larger than as the service has it.
    private const int TransactionChars = 2 * 1024 * 1024;

    /// <summary>The one that is asked for, else the newest that is whole.</summary>
    /// <exception cref="InvalidDataException">When there is none, or it was changed.</exception>
    public async Task<SnapshotManifest> FindAsync(string? name, CancellationToken ct)
    {
        var snapshot = name is null ? await blobs.NewestAsync(ct) : await blobs.FindAsync(name, ct);
        if (snapshot is null)
        {
            throw new InvalidDataException(
                name is null ? "The store has no snapshot that is whole." : $"The store has no snapshot {name} that is whole.");
        }

        if (snapshot.Format != SnapshotManifest.FormatOfToday)
        {
            throw new InvalidDataException($"The snapshot {snapshot.Name} is of format {snapshot.Format}; the build that wrote it was {snapshot.Build}.");
        }

        foreach (var file in snapshot.Files)
        {
            await blobs.CheckAsync(snapshot, file, ct);
        }

        return snapshot;
    }

    /// <returns>How many rows were written.</returns>
    /// <exception cref="InvalidOperationException">When the tables are not empty.</exception>
    public async Task<long> RunAsync(SnapshotManifest snapshot, AgeIdentity? identity, CancellationToken ct)
    {
        await tables.CreateAllAsync(ct);
        await BeginAsync(snapshot, ct);
        var rows = 0L;
        foreach (var table in tables.All)
        {
            rows += await WriteAsync(table, blobs.LinesAsync(snapshot, snapshot[table.Name], identity, ct), ct);
        }

        await tables.Sweeps.RemoveAsync(Name, Place, ct);
        return rows;
    }

    private async Task BeginAsync(SnapshotManifest snapshot, CancellationToken ct)
    {
        if (await tables.Sweeps.FindAsync(Name, Place, ct) is { } begun)
        {
            if (begun.GetString("name") != snapshot.Name)
            {
                throw new InvalidOperationException(
                    $"The tables hold half of the snapshot {begun.GetString("name")}: name that one, so that it is brought to its end.");
            }

            return;
        }

        foreach (var table in tables.All)
        {
            // How far sweeps came is written by whatever control plane was started on the empty tables, and means nothing.
            if (table.Name != tables.Sweeps.Name && await table.QueryAsync<TableEntity>(maxPerPage: 1, cancellationToken: ct).AnyAsync(ct))
            {
                throw new InvalidOperationException(
                    $"There are rows in the table {table.Name}: a snapshot is restored into empty tables only, so that nothing is lost.");
            }
        }

        await tables.Sweeps.UpsertEntityAsync(new TableEntity(Name, Place) { ["name"] = snapshot.Name }, TableUpdateMode.Replace, ct);
    }

    /// <summary>They come in the order of their keys, so neighbours are of one partition and go together.</summary>
    private static async Task<long> WriteAsync(TableClient table, IAsyncEnumerable<string> lines, CancellationToken ct)
    {
        var (batch, chars, rows) = (new List<TableEntity>(), 0, 0L);
        await foreach (var line in lines)
        {
            var row = RowJson.Read(line);
            if (batch.Count == TransactionMax || chars + line.Length > TransactionChars || (batch is [var first, ..] && first.PartitionKey != row.PartitionKey))
            {
                await SubmitAsync();
            }

            batch.Add(row);
            chars += line.Length;
        }

        await SubmitAsync();
        return rows;

        async Task SubmitAsync()
        {
            if (batch.Count > 0)
            {
                await table.SubmitTransactionAsync(
                    batch.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row, ETag.All)), ct);
                rows += batch.Count;
                batch.Clear();
                chars = 0;
            }
        }
    }
}
