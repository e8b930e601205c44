namespace Launchpad.Shared.Backups;

/// <summary>Which of a bot's backups are not needed any more. Pure.</summary>
public static class BackupExpiry
{
    /// <summary>Nothing goes for its age alone: the newest and the newest that was proven stay, as does the last of each month where the plan
    /// keeps it. While drills fail nothing goes that its owner did not delete.</summary>
    /// <param name="all">Of one bot.</param>
    /// <param name="now">The moment that is asked about.</param>
    /// <param name="months">For how many months the plan keeps the last one of each.</param>
    /// <param name="frozen">True while the bot's newest drill is one that failed.</param>
    public static IReadOnlyList<Backup> Due(
        IReadOnlyList<Backup> all, DateTimeOffset now, int months, bool frozen, BackupOptions options)
    {
        var wanted = all.Where(backup => backup.DeletedAt is null).OrderByDescending(backup => backup.At).ToList();
        var kept = new HashSet<string>(
        [
            .. wanted.Take(1).Select(backup => backup.Id),
            .. wanted.Where(backup => backup.ProvenAt is not null).Take(1).Select(backup => backup.Id),
            .. wanted.GroupBy(backup => (backup.At.UtcDateTime.Year, backup.At.UtcDateTime.Month))
                .Where(month => month.First().At.AddMonths(months) > now).Select(month => month.First().Id),
        ]);
        return
        [
            .. all.Where(backup => backup.DeletedAt is { } at
                ? at + options.UndoWindow <= now
                : !frozen && !kept.Contains(backup.Id) && backup.At + options.Retention <= now),
        ];
    }
}
