using Azure;
using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Records;

/// <summary>What is written in one transaction: rows of the chain, and rows beside it that they tell of.</summary>
public sealed record RecordDraft(IReadOnlyList<RecordEntry> Entries, IReadOnlyList<TableTransactionAction> Beside);

/// <summary>The record of every deployment: a chain of rows in a partition of its own. Whoever adds a row takes the next sequence number;
/// of two that want the same one, the table lets one through and the other reads the head again.</summary>
public sealed class RecordStore(Tables tables, TimeProvider clock)
{
    public const int PageMax = 500;
    private const int RacesMax = 1_000;
    private const int PauseMaxMs = 64;
    private const string HeadRow = "head";
    private const string WordsRow = "words-";

    private readonly ChangedChains changed = new(tables);
    private readonly News news = new(tables, clock);

    /// <summary>The time that a row would have which is added now.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task<RecordHead> HeadAsync(string deployment, CancellationToken ct) =>
        await tables.Records.FindAsync(deployment, HeadRow, ct) is { } row
            ? new(row.GetInt64("sequence")!.Value, row.GetString("hash"))
            : RecordHead.Before(deployment);

    /// <summary>Rows after one and up to another, oldest first, at most 500.</summary>
    public async Task<IReadOnlyList<RecordRow>> ReadAsync(string deployment, long after, long through, CancellationToken ct)
    {
        if (after >= through)
        {
            return [];
        }

        var rows = tables.Records.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {deployment} and RowKey gt {RowKey(after)} and RowKey le {RowKey(through)}"),
            PageMax, cancellationToken: ct);
        var page = await rows.Take(PageMax).Select(Read).ToListAsync(ct);
        var words = await WordsAsync(deployment, page, ct);
        return [.. page.Select(row => words.TryGetValue(row.Sequence, out var said) ? row with { Words = said } : row)];
    }

    /// <summary>When a row that there is was added.</summary>
    public async Task<string> AtAsync(string deployment, long sequence, CancellationToken ct) => (await tables.Records.GetEntityAsync<TableEntity>(
        deployment, RowKey(sequence), ["at"], ct)).Value.GetString("at");

    /// <summary>How many of a chain's first rows were added before a time, found without reading those between.</summary>
    public async Task<long> CountBeforeAsync(string deployment, long count, string at, CancellationToken ct)
    {
        var (low, high, probe) = (0L, count, count - 1);
        for (; low < high; probe = (low + high) / 2)
        {
            (low, high) = string.CompareOrdinal(await AtAsync(deployment, probe, ct), at) < 0 ? (probe + 1, high) : (low, probe);
        }

        return low;
    }

    /// <summary>All that there are now, oldest first.</summary>
    public async Task<IReadOnlyList<RecordRow>> AllAsync(string deployment, CancellationToken ct)
    {
        var (rows, end) = (new List<RecordRow>(), (await HeadAsync(deployment, ct)).Sequence);
        while (await ReadAsync(deployment, rows.Count > 0 ? rows[^1].Sequence : -1, end, ct) is { Count: > 0 } page)
        {
            rows.AddRange(page);
        }

        return rows;
    }

    /// <summary>All words beside the chain go; its rows keep their hashes.</summary>
    public Task<int> EraseWordsAsync(string deployment, CancellationToken ct) => tables.Records.RemoveAsync(
        TableClient.CreateQueryFilter($"PartitionKey eq {deployment} and RowKey ge {WordsKey(0)} and RowKey lt {WordsRow + "~"}"), ct);

    public Task AppendAsync(string deployment, RecordEntry entry, CancellationToken ct)
    {
        RecordTrail.Leave([entry]);
        return AppendAsync(deployment, () => Task.FromResult<RecordDraft?>(new([entry], [])), ct);
    }

    /// <summary>Adding again what has the same key changes nothing, and is false.</summary>
    public async Task<bool> AppendOnceAsync(string deployment, string key, IReadOnlyList<RecordEntry> entries, CancellationToken ct)
    {
        RecordTrail.Leave(entries);
        var mark = new TableEntity(deployment, $"once-{key}");
        RecordDraft draft = new(entries, [new(TableTransactionActionType.Add, mark)]);
        if (await IsThereAsync())
        {
            return false;
        }

        // Looked at again after a lost race alone: who else adds the mark meanwhile has this one lose.
        var isFirst = true;
        return await AppendAsync(
            deployment,
            async () =>
            {
                var isThere = !isFirst && await IsThereAsync();
                isFirst = false;
                return isThere ? null : draft;
            },
            ct);

        async Task<bool> IsThereAsync() => await tables.Records.FindAsync(deployment, mark.RowKey, ct) is not null;
    }

    /// <param name="compose">Looks at the partition and says what to write, null for nothing. It is asked again after every lost race, and
    /// what it read cannot have changed when its rows are written.</param>
    /// <returns>Whether anything was written.</returns>
    public async Task<bool> AppendAsync(string deployment, Func<Task<RecordDraft?>> compose, CancellationToken ct)
    {
        var writer = Guid.NewGuid().ToString("N");
        for (var race = 0; ; race++)
        {
            var head = await HeadAsync(deployment, ct);
            if (await compose() is not { } draft)
            {
                return false;
            }

            if (race == 0 && draft.Entries.Select(entry => entry.Account).FirstOrDefault(account => account is not null) is { } told)
            {
                await news.LeadAsync(deployment, told, ct);
            }

            var now = clock.GetUtcNow();
            await changed.MarkAsync(deployment, ChangedChain.DayOf(now), () => AccountAsync(deployment, draft.Entries, ct), ct);
            var rows = Join(head, now, draft.Entries);
            try
            {
                await tables.Records.SubmitTransactionAsync(
                    [
                        .. rows.Select(row => new TableTransactionAction(TableTransactionActionType.Add, Write(deployment, row, writer))),
                        .. rows.Where(row => row.Words is not null).Select(row => new TableTransactionAction(
                            TableTransactionActionType.UpsertReplace,
                            new TableEntity(deployment, WordsKey(row.Sequence)) { ["sequence"] = row.Sequence, ["words"] = row.Words })),
                        new(TableTransactionActionType.UpsertReplace, Write(deployment, rows[^1].AsHead)),
                        .. draft.Beside,
                    ],
                    ct);
                return true;
            }
            catch (RequestFailedException lost) when (lost.Status == 409 && race < RacesMax)
            {
                // The one that was faster may be ourselves, when the answer was lost and the request repeated.
                var winner = await tables.Records.FindAsync(deployment, RowKey(rows[0].Sequence), ct);
                if (winner?.GetString("writer") == writer)
                {
                    return true;
                }

                await Task.Delay(Random.Shared.Next(Math.Min(1 << Math.Min(race, 6), PauseMaxMs)), ct);
            }
        }
    }

    /// <summary>Whose a chain is: the first row of a bot's is its owner's order. What operators do has a chain of its own, and what nobody
    /// ordered is nobody's.</summary>
    private async Task<string?> AccountAsync(string chain, IReadOnlyList<RecordEntry> entries, CancellationToken ct)
    {
        if (!Ids.IsValid(chain, Ids.Deployment))
        {
            return chain;
        }

        var first = (await tables.Records.FindAsync(chain, RowKey(0), ct))?.GetString("actor") ?? entries[0].Actor;
        return Ids.IsValid(first, Ids.Account) ? first : null;
    }

    private static List<RecordRow> Join(RecordHead head, DateTimeOffset at, IReadOnlyList<RecordEntry> entries)
    {
        var rows = new List<RecordRow>();
        foreach (var entry in entries)
        {
            rows.Add(RecordRow.After(rows is [.., var last] ? last.AsHead : head, at, entry));
        }

        return rows;
    }

    private async Task<Dictionary<long, string>> WordsAsync(string deployment, IReadOnlyList<RecordRow> page, CancellationToken ct)
    {
        if (page is not [var first, ..] || page is not [.., var last])
        {
            return [];
        }

        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {deployment} and RowKey ge {WordsKey(first.Sequence)} and RowKey le {WordsKey(last.Sequence)}");
        return await tables.Records.QueryAsync<TableEntity>(filter, PageMax, cancellationToken: ct)
            .ToDictionaryAsync(row => row.GetInt64("sequence")!.Value, row => row.GetString("words"), cancellationToken: ct);
    }

    private static string WordsKey(long sequence) => $"{WordsRow}{sequence:D12}";

    private static string RowKey(long sequence) => sequence < 0 ? "r" : $"r{sequence:D12}";

    private static TableEntity Write(string deployment, RecordHead head) =>
        new(deployment, HeadRow) { ["sequence"] = head.Sequence, ["hash"] = head.Hash };

    private static TableEntity Write(string deployment, RecordRow row, string writer) => new(deployment, RowKey(row.Sequence))
    {
        ["sequence"] = row.Sequence,
        ["at"] = row.At,
        ["kind"] = row.Kind,
        ["actor"] = row.Actor,
        ["data"] = row.Data,
        ["previous"] = row.Previous,
        ["hash"] = row.Hash,
        ["writer"] = writer,
    };

    private static RecordRow Read(TableEntity row) => new(
        row.GetInt64("sequence")!.Value, row.GetString("at"), row.GetString("kind"), row.GetString("actor"), row.GetString("data"),
        row.GetString("previous"), row.GetString("hash"));
}
