using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Backups;

/// <summary>When a bot is backed up and tried out next, and how that stands.</summary>
/// <param name="DueAt">Of the next backup by the clock.</param>
/// <param name="GoodAt">The moment that the newest good backup holds; before the first one, since when there is something to back up.</param>
/// <param name="DrillAt">Of the next drill by the clock.</param>
/// <param name="DrillFailed">The newest drill is one that failed: until one passes nothing older is deleted.</param>
public sealed record BackupClock(
    string Account, string Deployment, DateTimeOffset DueAt, DateTimeOffset GoodAt, DateTimeOffset DrillAt, bool DrillFailed = false)
{
    public ETag ETag { get; init; }
}

/// <summary>What a row of the index by time is about.</summary>
public enum BackupTurn
{
    /// <summary>A backup is due.</summary>
    Backup,

    /// <summary>The newest backup is too old.</summary>
    Late,
    Drill,
}

/// <summary>When bots are backed up: from 03:00 UTC on, spread over four hours; what fails is tried again until nine. Pure.</summary>
public static class Nights
{
    private const int SpreadHours = 4;
    private const int RetryHours = 2;
    private static readonly TimeSpan Begin = TimeSpan.FromHours(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(20);

    /// <summary>The next moment after <paramref name="after"/> that is the bot's own: always the same one of the night.</summary>
    public static DateTimeOffset Next(string deployment, DateTimeOffset after)
    {
        var own = Begin + (TimeSpan.FromHours(SpreadHours) * Fraction(deployment));
        var day = new DateTimeOffset(after.UtcDateTime.Date, TimeSpan.Zero);
        return day + own > after ? day + own : day.AddDays(1) + own;
    }

    /// <summary>When one that was tried now is tried again, if it does not succeed: soon while it is night, or else the next night.</summary>
    public static DateTimeOffset Again(string deployment, DateTimeOffset now)
    {
        var soon = now + Pause;
        var sinceBegin = soon.UtcDateTime.TimeOfDay - Begin;
        return sinceBegin >= TimeSpan.Zero && sinceBegin < TimeSpan.FromHours(SpreadHours + RetryHours) ? soon : Next(deployment, now);
    }

    /// <summary>Where in a span of time a bot has its place, from 0 to 1.</summary>
    public static double Fraction(string deployment) =>
        BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(deployment)).AsSpan(4)) / (double)uint.MaxValue;
}

/// <summary>A clock for each bot. Rows of an index by time lead to it, so that what is not due costs nothing.</summary>
public sealed class BackupClocks(Tables tables, IOptions<BackupOptions> options, TimeProvider clock)
{
    private readonly IndexRows index = new(tables);
    private readonly QuietTime quiet = new(tables);

    public async Task<BackupClock?> FindAsync(string deployment, CancellationToken ct) =>
        await tables.BackupClocks.FindAsync(Shards.KeyOf(deployment), deployment, ct) is { } row ? Read(row) : null;

    /// <summary>Every bot has one; the rows that lead to it are written again.</summary>
    public Task EnsureAsync(string account, string deployment, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return ChangeAsync(
            deployment,
            known => known ?? new(
                account, deployment, Nights.Next(deployment, now), now,
                now + (options.Value.DrillEvery * Math.Max(0.1, Nights.Fraction(deployment)))),
            ct);
    }

    /// <summary>Makes one where there is none. True when that was so.</summary>
    public async Task<bool> HealAsync(string account, string deployment, CancellationToken ct)
    {
        if (await FindAsync(deployment, ct) is not null)
        {
            return false;
        }

        await EnsureAsync(account, deployment, ct);
        return true;
    }

    /// <summary>Reads, changes and saves until nobody saved in between.</summary>
    /// <param name="deployment">Whose.</param>
    /// <param name="change">Is given null where there is none; answering null ends it.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>As it is now.</returns>
    public async Task<BackupClock?> ChangeAsync(string deployment, Func<BackupClock?, BackupClock?> change, CancellationToken ct)
    {
        while (true)
        {
            var known = await FindAsync(deployment, ct);
            var changed = change(known);
            var (before, after) = (Rows(known).ToList(), Rows(changed).ToList());
            var outdated = before.Where(row => !after.Exists(kept => (kept.PartitionKey, kept.RowKey) == (row.PartitionKey, row.RowKey)))
                .Select(row => new IndexKey(row.PartitionKey, row.RowKey));
            if (changed is not null && changed.DueAt != known?.DueAt)
            {
                await quiet.EndAsync(changed.DueAt, ct);
            }

            if (await index.SaveAsync(after, outdated, () => SaveAsync(known, changed, ct), ct))
            {
                return changed;
            }
        }
    }

    /// <summary>A change of what is there.</summary>
    /// <exception cref="InvalidOperationException">When there is none.</exception>
    public async Task<BackupClock> UpdateAsync(string deployment, Func<BackupClock, BackupClock> change, CancellationToken ct) =>
        await ChangeAsync(deployment, known => known is null ? null : change(known), ct)
        ?? throw new InvalidOperationException($"{deployment} has no clock for its backups.");

    public Task RemoveAsync(string deployment, CancellationToken ct) => ChangeAsync(deployment, _ => null, ct);

    /// <summary>Rows whose time has come.</summary>
    public Round Round(BackupTurn turn, int max) =>
        new($"backups-{turn.Wire()}", tables.Index, Partition(turn), To: $"{Key(clock.GetUtcNow())}~", Max: max);

    /// <summary>The clock that a row leads to; null, and the row is gone, when it leads nowhere.</summary>
    public async Task<BackupClock?> FollowAsync(TableEntity row, CancellationToken ct)
    {
        var deployment = row.GetString("deployment");
        var known = await FindAsync(deployment, ct);
        if (Rows(known).Any(leading => (leading.PartitionKey, leading.RowKey) == (row.PartitionKey, row.RowKey)))
        {
            return known;
        }

        await index.RemoveAsync(row, ct);
        return null;
    }

    /// <summary>All rows that lead to a clock.</summary>
    /// <param name="of">Null for none.</param>
    public IEnumerable<TableEntity> Rows(BackupClock? of) => of is null ? [] :
    [
        Row(of, BackupTurn.Backup, of.DueAt), Row(of, BackupTurn.Late, of.GoodAt + options.Value.LateAfter),
        Row(of, BackupTurn.Drill, of.DrillAt),
    ];

    private static TableEntity Row(BackupClock of, BackupTurn turn, DateTimeOffset at) =>
        new(Partition(turn) + Shards.KeyOf(of.Deployment), $"{Key(at)}-{of.Deployment}") { ["deployment"] = of.Deployment };

    private static string Partition(BackupTurn turn) => $"backups-{turn.Wire()}-";

    private static string Key(DateTimeOffset at) => at.UtcTicks.ToString("D19");

    private async Task<bool> SaveAsync(BackupClock? known, BackupClock? changed, CancellationToken ct)
    {
        if (changed is null)
        {
            return known is null || await TryRemoveAsync(known, ct);
        }

        return known is null ? await tables.BackupClocks.TryAddAsync(Write(changed), ct)
            : changed == known || await tables.BackupClocks.TryReplaceAsync(Write(changed), known.ETag, ct);
    }

    private async Task<bool> TryRemoveAsync(BackupClock known, CancellationToken ct)
    {
        try
        {
            await tables.BackupClocks.DeleteEntityAsync(Shards.KeyOf(known.Deployment), known.Deployment, known.ETag, ct);
            return true;
        }
        catch (RequestFailedException lost) when (lost.Status is 412 or 404)
        {
            return lost.Status is 404;
        }
    }

    private static TableEntity Write(BackupClock of) => new(Shards.KeyOf(of.Deployment), of.Deployment)
    {
        ["account"] = of.Account,
        ["dueAt"] = of.DueAt,
        ["goodAt"] = of.GoodAt,
        ["drillAt"] = of.DrillAt,
        ["drillFailed"] = of.DrillFailed,
    };

    private static BackupClock Read(TableEntity row) => new(
        row.GetString("account"), row.RowKey, row.GetDateTimeOffset("dueAt")!.Value, row.GetDateTimeOffset("goodAt")!.Value,
        row.GetDateTimeOffset("drillAt")!.Value, row.GetBoolean("drillFailed") is true)
    {
        ETag = row.ETag,
    };
}
