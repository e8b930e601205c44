using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Backups;

/// <summary>The clocks whose time has come. Where no backup is due, nobody looks for one again for a few minutes: most minutes of most nights
/// are so.</summary>
public sealed class DueClocks(Tables tables, Rounds rounds, BackupClocks clocks, TimeProvider clock)
{
    private const int RowsMax = 500;

    /// <summary>A little less than five turns of a timer that comes every minute.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(290);

    private readonly QuietTime quiet = new(tables);

    public async Task GoAsync(BackupTurn turn, Func<BackupClock, CancellationToken, Task> look, CancellationToken ct)
    {
        if (turn is not BackupTurn.Backup)
        {
            await RoundAsync(turn, look, ct);
            return;
        }

        var (known, now) = (await quiet.FindAsync(ct), clock.GetUtcNow());
        if (!QuietTime.IsQuiet(known, now) && await RoundAsync(turn, look, ct) == 0)
        {
            await quiet.TryBeginAsync(known, now + Quiet, ct);
        }
    }

    private Task<int> RoundAsync(BackupTurn turn, Func<BackupClock, CancellationToken, Task> look, CancellationToken ct) => rounds.GoAsync(
        clocks.Round(turn, RowsMax),
        async (row, stop) =>
        {
            if (await clocks.FollowAsync(row, stop) is { } due)
            {
                await look(due, stop);
            }
        },
        ct);
}
