using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Abuse;

/// <summary>Reviews by account. A row of an index leads to each that is open: it is written first and removed last, and one too many is
/// dropped when it is met.</summary>
public sealed class ReviewStore(Tables tables, TimeProvider clock)
{
    private const string Queue = "reviews";

    public async Task<Review?> FindAsync(string account, Suspicion suspicion, CancellationToken ct) =>
        await tables.Reviews.FindAsync(account, suspicion.Wire(), ct) is { } row ? Read(row) : null;

    /// <summary>Of an account, whatever became of them.</summary>
    public async Task<IReadOnlyList<Review>> OfAsync(string account, CancellationToken ct) =>
        await tables.Reviews.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {account}"), cancellationToken: ct)
            .Select(Read).ToListAsync(ct);

    /// <summary>What waits for a person, by account.</summary>
    /// <param name="after">The key of the last one that was seen; empty for none.</param>
    /// <param name="max">At most so many.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<IReadOnlyList<Review>> OpenAsync(string after, int max, CancellationToken ct)
    {
        var open = new List<Review>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Queue} and RowKey gt {after}");
        await foreach (var row in tables.Index.QueryAsync<TableEntity>(filter, max, cancellationToken: ct))
        {
            var review = await FindAsync(row.GetString("account"), Parse(row.GetString("suspicion")), ct);
            if (review is { State: ReviewState.Open })
            {
                open.Add(review);
            }
            else if (row.Timestamp < clock.GetUtcNow().AddMinutes(-1))
            {
                await tables.Index.RemoveAsync(Queue, row.RowKey, ct);
            }

            if (open.Count == max)
            {
                break;
            }
        }

        return open;
    }

    public static string KeyOf(Review review) => $"{review.Account} {review.Suspicion.Wire()}";

    /// <summary>Opens it, adds to it, or leaves it as it is where that was seen before.</summary>
    public async Task<Review> SuspectAsync(string account, Suspect seen, CancellationToken ct)
    {
        var fresh = new Review(account, seen.Suspicion, seen.Reason, clock.GetUtcNow(), ReviewState.Open, seen.Evidence);
        await tables.Index.UpsertEntityAsync(Lead(fresh), TableUpdateMode.Replace, ct);
        while (true)
        {
            var row = await tables.Reviews.FindAsync(account, seen.Suspicion.Wire(), ct);
            var known = row is null ? null : Read(row);
            var next = known?.And(seen, fresh.Since) ?? fresh;
            if (next == known || (row is null ? await tables.Reviews.TryAddAsync(Write(next), ct) : await tables.Reviews.TryReplaceAsync(Write(next), row.ETag, ct)))
            {
                return next;
            }
        }
    }

    /// <summary>Null when there is none. What was decided may be decided otherwise later.</summary>
    public async Task<Review?> DecideAsync(string account, Suspicion suspicion, ReviewState state, string by, CancellationToken ct)
    {
        while (await tables.Reviews.FindAsync(account, suspicion.Wire(), ct) is { } row)
        {
            var known = Read(row);
            var next = known.State == state ? known : known with { State = state, DecidedBy = by, DecidedAt = clock.GetUtcNow() };
            if (next == known || await tables.Reviews.TryReplaceAsync(Write(next), row.ETag, ct))
            {
                await tables.Index.RemoveAsync(Queue, KeyOf(next), ct);
                return next;
            }
        }

        return null;
    }

    public static bool TryParse(string text, out Suspicion suspicion)
    {
        foreach (var one in Enum.GetValues<Suspicion>())
        {
            if (one.Wire() == text)
            {
                suspicion = one;
                return true;
            }
        }

        suspicion = default;
        return false;
    }

    private static TableEntity Lead(Review review) => new(Queue, KeyOf(review))
    {
        ["account"] = review.Account,
        ["suspicion"] = review.Suspicion.Wire(),
    };

    private static TableEntity Write(Review review) => new(review.Account, review.Suspicion.Wire())
    {
        ["reason"] = review.Reason,
        ["since"] = review.Since,
        ["state"] = review.State.Wire(),
        ["evidence"] = string.Join('\n', review.Evidence),
        ["decidedBy"] = review.DecidedBy,
        ["decidedAt"] = review.DecidedAt,
    };

    private static Review Read(TableEntity row) => new(
        row.PartitionKey, Parse(row.RowKey), row.GetString("reason"), row.GetDateTimeOffset("since")!.Value,
        Enum.Parse<ReviewState>(row.GetString("state"), ignoreCase: true), row.GetString("evidence").Split('\n'), row.GetString("decidedBy"),
        row.GetDateTimeOffset("decidedAt"));

    private static Suspicion Parse(string text) =>
        TryParse(text, out var suspicion) ? suspicion : throw new FormatException($"'{text}' is no suspicion.");
}
