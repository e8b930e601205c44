using System.Diagnostics;
using DurableTask.Core;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable;

/// <summary>Removes many, a few at a time, so that others get their turn in between. What is committed stays removed when the process dies
/// in the middle; the rest is still whole. Then it gives the space back.</summary>
public sealed partial class SqliteOrchestrationService
{
    private const int PurgeStep = 20;
    private const int FreePagesMax = 1024;
    private const int PagesPerStep = 32;
    private static readonly TimeSpan PurgePause = TimeSpan.FromMilliseconds(5);

    private async Task<PurgeResult> PurgeAsync(InstanceFilter filter, Func<OrchestrationState, bool> matches, TimeSpan? timeout)
    {
        var store = Open();
        var started = Stopwatch.GetTimestamp();
        var purged = 0;
        List<InstanceRow> rows;
        for (long after = 0; (rows = store.Reader.Query(filter, after, PurgeStep)).Count > 0; after = rows[^1].Key)
        {
            if (timeout is { } limit && purged > 0 && Stopwatch.GetElapsedTime(started) > limit)
            {
                return new(purged, false);
            }

            purged += await PurgeAsync(store.Writer, rows.FindAll(row => matches(row.State)));
            await GiveWayAsync(store.Writer);
        }

        await VacuumAsync(store.Writer, store.Reader);
        return new(purged, true);
    }

    private static async Task<int> PurgeAsync(Writer writer, List<InstanceRow> rows)
    {
        var purged = 0;
        await writer.SubmitAsync(new()
        {
            MayBeRefused = true,
            Apply = database =>
            {
                // Looked up again: an id may have been started anew in between.
                var gone = rows.FindAll(row => database.Find(row.Id) is { } now && now.Key == row.Key && Statuses.HasEnded(now.Status));
                gone.ForEach(row => database.Delete(row.Key));
                purged = gone.Count;
                return null;
            },
        });
        return purged;
    }

    /// <summary>Leaves a tenth of the file free for what comes next.</summary>
    private async Task VacuumAsync(Writer writer, Reader reader)
    {
        var free = reader.Scalar("PRAGMA freelist_count");
        for (var spare = Math.Max(FreePagesMax, reader.Scalar("PRAGMA page_count") / 10); free > spare; free -= PagesPerStep)
        {
            await writer.SubmitAsync(new()
            {
                MayBeRefused = true,
                Apply = database =>
                {
                    database.Vacuum(PagesPerStep);
                    return null;
                },
            });
            await GiveWayAsync(writer);
        }
    }

    /// <summary>Nobody waits for a purge: while there is other work, it takes a small part of the disk's time.</summary>
    private Task GiveWayAsync(Writer writer) => writer.IsIdle ? Task.CompletedTask : Task.Delay(PurgePause, Time);
}
