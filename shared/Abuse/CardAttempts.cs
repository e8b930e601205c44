using Azure.Data.Tables;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Retention;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Abuse;

/// <summary>What was tried lately, by account and by card. A try is kept once, however often it is told.</summary>
public sealed class CardAttempts(Tables tables, TimeProvider clock) : IExpiring
{
    /// <summary>Nothing older is asked for.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>For so long a card that began a trial begins no other unseen.</summary>
    public static readonly TimeSpan TrialKept = TimeSpan.FromDays(400);

    private const string Partition = "attempt-";
    private const int LookedAtMax = 200;

    public async Task KeepAsync(CardAttempt attempt, CancellationToken ct)
    {
        if (attempt.At + Kept <= clock.GetUtcNow())
        {
            return;
        }

        foreach (var subject in Subjects(attempt))
        {
            var row = RowOf(attempt);
            await EndAsync(attempt.Account, attempt.At + Kept, subject, row, ct);
            await tables.Attempts.UpsertEntityAsync(
                new TableEntity(subject, row)
                {
                    ["id"] = attempt.Id,
                    ["account"] = attempt.Account,
                    ["card"] = attempt.Card,
                    ["at"] = attempt.At,
                    ["refused"] = attempt.WasRefused,
                    ["intent"] = attempt.Intent,
                },
                TableUpdateMode.Replace, ct);
        }
    }

    /// <summary>The newest of an account since a moment.</summary>
    public Task<IReadOnlyList<CardAttempt>> OfAccountAsync(string account, DateTimeOffset since, CancellationToken ct) =>
        SinceAsync(Account(account), since, ct);

    /// <summary>The newest with a card since a moment.</summary>
    public Task<IReadOnlyList<CardAttempt>> OfCardAsync(string card, DateTimeOffset since, CancellationToken ct) => SinceAsync(Card(card), since, ct);

    /// <summary>How many accounts had a trial with the card before the one that begins it with it now. Asked again it is the same.</summary>
    /// <param name="card">Its fingerprint.</param>
    /// <param name="account">That begins it.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<int> TrialsBeforeAsync(string card, string account, CancellationToken ct)
    {
        var (subject, now) = ($"trial {card}", clock.GetUtcNow());
        if (await tables.Attempts.FindAsync(subject, account, ct) is null)
        {
            // By the day: several who ask at once lead to it with one row.
            await EndAsync(account, new((now + TrialKept).UtcDateTime.Date.AddDays(1), TimeSpan.Zero), subject, account, ct);
            await tables.Attempts.TryAddAsync(new TableEntity(subject, account) { ["at"] = now }, ct);
        }

        var begun = await tables.Attempts.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {subject}"), cancellationToken: ct)
            .ToListAsync(ct);
        return begun.OrderBy(row => row.GetDateTimeOffset("at")).ThenBy(row => row.RowKey, StringComparer.Ordinal)
            .TakeWhile(row => row.RowKey != account).Count();
    }

    public Round ExpiredRound(DateTimeOffset now) => new("attempts", tables.Index, Partition, To: $"{now.UtcTicks:D19}~");

    public async Task RemoveAsync(TableEntity row, CancellationToken ct)
    {
        await tables.Attempts.RemoveAsync(row.GetString("subject"), row.GetString("attempt"), ct);
        await tables.Index.RemoveAsync(row.PartitionKey, row.RowKey, ct);
    }

    /// <summary>What leads to the end of a row is written before it, so that none is kept for good.</summary>
    private async Task EndAsync(string account, DateTimeOffset at, string subject, string row, CancellationToken ct) =>
        await tables.Index.UpsertEntityAsync(
            new TableEntity(Partition + Shards.KeyOf(account), $"{at.UtcTicks:D19}-{subject}-{row}") { ["subject"] = subject, ["attempt"] = row },
            TableUpdateMode.Replace, ct);

    private async Task<IReadOnlyList<CardAttempt>> SinceAsync(string subject, DateTimeOffset since, CancellationToken ct)
    {
        var until = TableRows.Inverted(since.UtcTicks);
        return await tables.Attempts
            .QueryAsync<TableEntity>(
                TableClient.CreateQueryFilter($"PartitionKey eq {subject} and RowKey lt {until}"), LookedAtMax, cancellationToken: ct)
            .Take(LookedAtMax)
            .Select(row => new CardAttempt(
                row.GetString("id"), row.GetString("account"), row.GetString("card"), row.GetDateTimeOffset("at")!.Value,
                row.GetBoolean("refused")!.Value, IsRisky: false, Intent: row.GetString("intent")))
            .ToListAsync(ct);
    }

    private static IEnumerable<string> Subjects(CardAttempt attempt) =>
        attempt.Card is { } card ? [Account(attempt.Account), Card(card)] : [Account(attempt.Account)];

    private static string Account(string id) => $"account {id}";

    private static string Card(string fingerprint) => $"card {fingerprint}";

    private static string RowOf(CardAttempt attempt) => $"{TableRows.Inverted(attempt.At.UtcTicks)} {attempt.Id}";
}
