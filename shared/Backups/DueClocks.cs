using System.Collections.Concurrent;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Backups;

/// <summary>The clocks whose time has come. Where none has, nobody looks for a few minutes: most minutes of most nights are so.</summary>
public sealed class DueClocks(Rounds rounds, BackupClocks clocks, TimeProvider clock)
{
    private const int RowsMax = 500;

    /// <summary>A little less than five turns of a timer that comes every minute.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(290);

    private readonly ConcurrentDictionary<BackupTurn, DateTimeOffset> quietUntil = new();

    public async Task GoAsync(BackupTurn turn, Func<BackupClock, CancellationToken, Task> look, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (quietUntil.GetValueOrDefault(turn) > now)
        {
            return;
        }

        var looked = await rounds.GoAsync(
            clocks.Round(turn, RowsMax),
            async (row, stop) =>
            {
                if (await clocks.FollowAsync(row, stop) is { } due)
                {
                    await look(due, stop);
                }
            },
            ct);
        quietUntil[turn] = looked > 0 ? now : now + Quiet;
    }
}
