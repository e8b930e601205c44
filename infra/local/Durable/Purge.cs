using System.Diagnostics;
using Launchpad.Durable.Execution;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;
using static Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace Launchpad.Durable;

/// <summary>Removes instances that have ended, a few at a time, so that others get their turn in between. What is committed stays
/// removed when the process dies in the middle; the rest is still whole. A purge by filter also gives the space back.</summary>
internal sealed class Purge(Parts parts)
{
    private const int Step = 20;
    private const int FreePagesMax = 1024;
    private const int PagesPerStep = 32;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static readonly OrchestrationRuntimeStatus[] Ended = [Completed, Failed, Terminated];

    public async Task<PurgeResult> RunAsync(PurgeInstancesFilter filter, bool recursive, CancellationToken cancellation)
    {
        var statuses = filter.Statuses?.Intersect(Ended).ToArray() ?? Ended;
        if (statuses.Length == 0)
        {
            return new(0, true);
        }

        var started = Stopwatch.GetTimestamp();
        var query = new OrchestrationQuery(filter.CreatedFrom, filter.CreatedTo, statuses);
        var purged = 0;
        for (long after = 0; ;)
        {
            var rows = parts.Reader.Query(query, after, Step);
            if (rows.Count == 0)
            {
                await VacuumAsync(cancellation);
                return new(purged, true);
            }

            purged += await RunAsync(rows, recursive, cancellation);
            await GiveWayAsync(cancellation);
            after = rows[^1].Key;
            if (filter.Timeout is { } timeout && Stopwatch.GetElapsedTime(started) > timeout)
            {
                return new(purged, parts.Reader.Query(query, after, 1).Count == 0);
            }
        }
    }

    public async Task<int> RunAsync(List<InstanceRow> rows, bool recursive, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var all = recursive ? WithChildren(rows) : rows;
        var claimed = all.Where(row => Ended.Contains(row.Status) && parts.Registry.TryClaim(row.Id)).ToList();
        try
        {
            // Read again under the claim: the id may have been started anew in between.
            var gone = claimed.Where(row => parts.Reader.Find(row.Id) is { } now && now.Key == row.Key).ToList();
            await parts.Writer.SubmitAsync([.. gone.Select(row => new PurgeInstance(row.Key))]);
            gone.ForEach(row => parts.Payloads.Forget(row.Key));
            return gone.Count;
        }
        finally
        {
            claimed.ForEach(row => parts.Registry.Unclaim(row.Id));
        }
    }

    /// <summary>Leaves a tenth of the file free for what comes next.</summary>
    private async Task VacuumAsync(CancellationToken cancellation)
    {
        var (free, all) = parts.Reader.Pages();
        for (var spare = Math.Max(FreePagesMax, all / 10); free > spare; free -= PagesPerStep)
        {
            cancellation.ThrowIfCancellationRequested();
            await parts.Writer.SubmitAsync(new VacuumPages(PagesPerStep));
            await GiveWayAsync(cancellation);
        }
    }

    /// <summary>Nobody waits for a purge: while there is other work, it takes a small part of the disk's time.</summary>
    private Task GiveWayAsync(CancellationToken cancellation) =>
        parts.Writer.IsIdle ? Task.CompletedTask : Task.Delay(Pause, parts.Time, cancellation);

    private List<InstanceRow> WithChildren(List<InstanceRow> rows)
    {
        var all = new List<InstanceRow>(rows);
        for (var i = 0; i < all.Count; i++)
        {
            all.AddRange(parts.Reader.Children(all[i].Id));
        }

        return all.DistinctBy(row => row.Key).ToList();
    }
}
