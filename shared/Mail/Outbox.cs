using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Mail;

/// <summary>Something that is to be told by mail.</summary>
/// <param name="Account">Whom; of a letter to an address that may have no account, what stands for that address.</param>
/// <param name="Kind">Which letter, one of <see cref="LetterKinds"/>.</param>
/// <param name="Key">What makes it one letter however often it is asked for.</param>
/// <param name="Values">What stands in it. No secret: a link gets its token when the letter is sent.</param>
public sealed record Notice(
    string Account, string Kind, string Key, IReadOnlyDictionary<string, string> Values, DateTimeOffset CreatedAt, int Attempts);

/// <summary>A letter that waits, and what leads to it.</summary>
/// <param name="Notice">Null where it was never written, is sent already or was given up.</param>
public sealed record Waiting(TableEntity Index, Notice? Notice, ETag ETag)
{
    public DateTimeOffset Since => Index.GetDateTimeOffset("since")!.Value;
}

/// <summary>What is to be sent, beside what it is about: in the account's own partition, so that one transaction writes both. A row leads
/// to each letter that waits. It is written first: a crash leaves one too many, never one too few. A letter that was sent is known for a
/// while, so that it is not sent again.</summary>
public sealed class Outbox(Tables tables, TimeProvider clock) : IExpiring
{
    public const int AttemptsMax = 40;

    private const string Prefix = "mail-";
    private const string Queue = "mail";
    private const string Expiry = "mailsent-";
    private const int BatchMax = 100;
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    /// <summary>Longer than any transaction takes that a letter was prepared for.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PauseMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(60);

    /// <summary>At least once, and once for a key.</summary>
    /// <param name="account">Whom.</param>
    /// <param name="kind">Which letter, one of <see cref="LetterKinds"/>.</param>
    /// <param name="key">What makes it one letter however often it is asked for.</param>
    /// <param name="values">What stands in it: no secret.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task SendAsync(string account, string kind, string key, IReadOnlyDictionary<string, string> values, CancellationToken ct)
    {
        if (await tables.Accounts.FindAsync(account, Prefix + key, ct) is null)
        {
            await tables.Accounts.TryAddAsync(await PrepareAsync(account, kind, key, values, ct), ct);
        }
    }

    /// <summary>The row that asks for it, to be added in one transaction with what it tells of.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public async Task<TableEntity> PrepareAsync(
        string account, string kind, string key, IReadOnlyDictionary<string, string>? values, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await tables.Index.UpsertEntityAsync(Leading(account, key, now, now), TableUpdateMode.Replace, ct);
        return new(account, Prefix + key)
        {
            ["kind"] = kind,
            ["values"] = JsonSerializer.Serialize(values ?? Nothing),
            ["createdAt"] = now,
            ["attempts"] = 0,
        };
    }

    /// <summary>What is due, the oldest first.</summary>
    public async Task<IReadOnlyList<Waiting>> DueAsync(CancellationToken ct)
    {
        var until = $"{clock.GetUtcNow().UtcTicks:D19}~";
        var due = new List<Waiting>();
        await foreach (var index in Rows(until, ct).Take(BatchMax))
        {
            var row = await tables.Accounts.FindAsync(index.GetString("account"), Prefix + index.GetString("key"), ct);
            due.Add(new(index, row is null || row.GetDateTimeOffset("doneAt") is not null ? null : Read(row), row?.ETag ?? default));
        }

        return due;
    }

    /// <summary>Since when the oldest waits; null where none does.</summary>
    public async Task<DateTimeOffset?> OldestAsync(CancellationToken ct)
    {
        DateTimeOffset? oldest = null;
        await foreach (var index in Rows("~", ct))
        {
            var since = index.GetDateTimeOffset("since")!.Value;
            oldest = oldest is null || since < oldest ? since : oldest;
        }

        return oldest;
    }

    /// <summary>It is sent, or never will be: of it is kept that it was.</summary>
    /// <param name="waiting">As it was found.</param>
    /// <param name="outcome">In a word.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task CloseAsync(Waiting waiting, string outcome, CancellationToken ct)
    {
        if (waiting.Notice is { } notice)
        {
            var until = clock.GetUtcNow() + KeptFor;
            var name = Name(notice.Account, notice.Key);
            await tables.Index.UpsertEntityAsync(
                new TableEntity(Expiry + Shards.KeyOf(name), $"{until.UtcTicks:D19}-{name}") { ["account"] = notice.Account, ["key"] = notice.Key },
                TableUpdateMode.Replace, ct);
            await tables.Accounts.TryReplaceAsync(
                new TableEntity(notice.Account, Prefix + notice.Key)
                {
                    ["kind"] = notice.Kind,
                    ["createdAt"] = notice.CreatedAt,
                    ["attempts"] = notice.Attempts + 1,
                    ["doneAt"] = clock.GetUtcNow(),
                    ["outcome"] = outcome,
                },
                waiting.ETag, ct);
        }

        await tables.Index.RemoveAsync(waiting.Index.PartitionKey, waiting.Index.RowKey, ct);
    }

    /// <summary>It waits longer from time to time.</summary>
    public async Task PostponeAsync(Waiting waiting, CancellationToken ct)
    {
        var (notice, now) = (waiting.Notice!, clock.GetUtcNow());
        var pause = FirstPause * Math.Pow(2, Math.Min(notice.Attempts, 10));
        await tables.Index.UpsertEntityAsync(
            Leading(notice.Account, notice.Key, waiting.Since, now + (pause < PauseMax ? pause : PauseMax)), TableUpdateMode.Replace, ct);
        await tables.Accounts.UpdateEntityAsync(
            new TableEntity(notice.Account, Prefix + notice.Key) { ["attempts"] = notice.Attempts + 1 }, waiting.ETag, TableUpdateMode.Merge, ct);
        await tables.Index.RemoveAsync(waiting.Index.PartitionKey, waiting.Index.RowKey, ct);
    }

    /// <summary>What leads nowhere goes, once whoever wrote it has had the time to write the letter too.</summary>
    public Task DropAsync(Waiting waiting, CancellationToken ct) => waiting.ETag != default || clock.GetUtcNow() - waiting.Since > Abandoned
        ? tables.Index.RemoveAsync(waiting.Index.PartitionKey, waiting.Index.RowKey, ct)
        : Task.CompletedTask;

    public Round ExpiredRound(DateTimeOffset now) => new("mail-sent", tables.Index, Expiry, To: $"{now.UtcTicks:D19}~");

    /// <param name="row">What leads to it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        await tables.Accounts.RemoveAsync(row.GetString("account"), Prefix + row.GetString("key"), ct);
        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    /// <summary>The same for the same letter, and nothing of it can be read from it.</summary>
    public static string Name(string account, string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{account} {key}")).AsSpan(0, 16));

    private static TableEntity Leading(string account, string key, DateTimeOffset since, DateTimeOffset due) =>
        new(Queue, $"{due.UtcTicks:D19}-{Name(account, key)}") { ["account"] = account, ["key"] = key, ["since"] = since };

    private AsyncPageable<TableEntity> Rows(string until, CancellationToken ct) => tables.Index.QueryAsync<TableEntity>(
        TableClient.CreateQueryFilter($"PartitionKey eq {Queue} and RowKey lt {until}"), BatchMax, cancellationToken: ct);

    private static Notice Read(TableEntity row) => new(
        row.PartitionKey, row.GetString("kind"), row.RowKey[Prefix.Length..],
        JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString("values"))!, row.GetDateTimeOffset("createdAt")!.Value,
        row.GetInt32("attempts")!.Value);
}
