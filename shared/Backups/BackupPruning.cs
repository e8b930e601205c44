using Launchpad.Shared.Plans;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Backups;

/// <summary>Lets go what is not needed of a bot's backups, and what never became one.</summary>
public sealed class BackupPruning(BackupStore backups, BackupBlobs blobs, IOptions<BackupOptions> options, TimeProvider clock)
{
    /// <summary>An archive without a row that is younger may be of a backup that goes on.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromDays(1);

    /// <param name="deployment">Whose.</param>
    /// <param name="plan">That it is on.</param>
    /// <param name="frozen">True while the bot's newest drill is one that failed.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task RunAsync(string deployment, Plan plan, bool frozen, CancellationToken ct)
    {
        var (now, all) = (clock.GetUtcNow(), await backups.ListAsync(deployment, ct));
        foreach (var due in BackupExpiry.Due(all, now, plan.BackupMonths, frozen, options.Value))
        {
            await TryRemoveAsync(due, ct);
        }

        var known = all.Select(backup => backup.Archive).ToHashSet();
        await foreach (var (of, archive, at) in blobs.ListAsync(deployment, ct))
        {
            if (!known.Contains(archive) && at + Settled < now)
            {
                await blobs.DeleteAsync(of, archive, ct);
            }
        }
    }

    /// <summary>Of a bot that was deleted: nobody can read them any more.</summary>
    /// <returns>True when nothing is left; false while the store keeps some.</returns>
    public async Task<bool> RemoveAllAsync(string deployment, CancellationToken ct)
    {
        var isEmpty = true;
        foreach (var backup in await backups.ListAsync(deployment, ct))
        {
            isEmpty &= await TryRemoveAsync(backup, ct);
        }

        await foreach (var (of, archive, _) in blobs.ListAsync(deployment, ct))
        {
            isEmpty &= await blobs.DeleteAsync(of, archive, ct);
        }

        return isEmpty;
    }

    /// <summary>The row goes last: whoever is interrupted finds the rest again.</summary>
    private async Task<bool> TryRemoveAsync(Backup backup, CancellationToken ct)
    {
        if (!await blobs.DeleteAsync(backup.Deployment, backup.Archive, ct))
        {
            return false;
        }

        await backups.RemoveAsync(backup, ct);
        return true;
    }
}

/// <summary>What a bot that is deleted has left in the store. Its clock goes with the last of it.</summary>
public sealed class BackupRemains(BackupPruning pruning, BackupClocks clocks, NextBackups next)
{
    public async Task RemoveAsync(string deployment, CancellationToken ct) => await (await pruning.RemoveAllAsync(deployment, ct)
        ? clocks.RemoveAsync(deployment, ct)
        : clocks.UpdateAsync(deployment, next.Kept, ct));
}
