using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Backups;

/// <summary>Until when no backup is due, as the last look found. Whoever makes one due before that ends it, so that a look is only left out
/// that would find nothing; who does so in the very moment of a look is found by the next, minutes later.</summary>
internal sealed class QuietTime(Tables tables)
{
    private const string Partition = "backups-due";
    private const string Key = "quiet";

    /// <returns>The row; null when there is none.</returns>
    public Task<TableEntity?> FindAsync(CancellationToken ct) => tables.Sweeps.FindAsync(Partition, Key, ct);

    public static bool IsQuiet(TableEntity? row, DateTimeOffset now) => row?.GetDateTimeOffset("until") > now;

    /// <param name="before">The row as it was before the look; somebody else's is left alone.</param>
    public Task<bool> TryBeginAsync(TableEntity? before, DateTimeOffset until, CancellationToken ct)
    {
        var row = new TableEntity(Partition, Key) { ["until"] = until };
        return before is null ? tables.Sweeps.TryAddAsync(row, ct) : tables.Sweeps.TryReplaceAsync(row, before.ETag, ct);
    }

    /// <param name="due">When something is due.</param>
    public async Task EndAsync(DateTimeOffset due, CancellationToken ct)
    {
        if (IsQuiet(await FindAsync(ct), due))
        {
            await tables.Sweeps.RemoveAsync(Partition, Key, ct);
        }
    }
}
