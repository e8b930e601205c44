using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Records;

/// <summary>Which rows are looked for.</summary>
/// <param name="Text">Has to stand in the row's kind, actor, data or words, whatever its case; null for all of them.</param>
/// <param name="Chain">Of a bot, or of the account itself; null for all.</param>
/// <param name="HasOwn">Whether what was done with the account itself is among them.</param>
public sealed record RecordQuery(string? Text, string? Chain, bool HasOwn);

/// <summary>A row and whose it is.</summary>
/// <param name="Name">The bot's; null for a row of the account itself.</param>
public sealed record FoundRow(string Chain, string? Name, RecordRow Row)
{
    /// <summary>Where it stands among the rows of the account, newest first: whoever has seen it goes on after it.</summary>
    public RecordPlace Place => new(Row.At, Chain, Row.Sequence);
}

/// <summary>A place in the list of all rows of an account.</summary>
/// <param name="At">As the row has it.</param>
public sealed record RecordPlace(string At, string Chain, long Sequence)
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>By how much the clocks of two who write a chain may differ, so that an older row of it may have a later time.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>No row of the chain that stands after this place in the list comes after one of this time.</summary>
    public string Latest => (Time(At)!.Value + Skew).UtcDateTime.ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>Null for what is no place.</summary>
    public static RecordPlace? Parse(string text) =>
        text.Split(' ') is [var at, var chain, var sequence] && Time(at) < DateTimeOffset.MaxValue - Skew
            && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(at, chain, number)
            : null;

    public override string ToString() => $"{At} {Chain} {Sequence:D12}";

    private static DateTimeOffset? Time(string at) =>
        DateTimeOffset.TryParseExact(at, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}

/// <summary>The records of all that an account has, as one list. Each is a chain of its own; they are joined while they are read.</summary>
public sealed class RecordSearch(RecordStore records, DeploymentStore deployments)
{
    private const int ChainsMax = 2_000;
    private const int OpenedAtOnce = 16;
    private const int Window = 100;
    private const int LooksMax = 20_000;

    /// <summary>Newest first.</summary>
    /// <param name="account">Its id.</param>
    /// <param name="query">What is looked for.</param>
    /// <param name="after">The place of the last row that is known; null to begin.</param>
    /// <param name="max">How many.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The rows, and the place where to go on; null when there is nothing further. Fewer than asked for, or none, may come before
    /// that: so much was looked through.</returns>
    /// <exception cref="TooManyChainsException">When the account has too many bots to look through all of them at once.</exception>
    public async Task<(IReadOnlyList<FoundRow> Rows, RecordPlace? Next)> FindAsync(
        string account, RecordQuery query, RecordPlace? after, int max, CancellationToken ct)
    {
        var found = new List<FoundRow>();
        var (looks, last) = (0, (RecordPlace?)null);
        await foreach (var row in WalkAsync(account, query, after, ct))
        {
            if (found.Count == max || looks++ == LooksMax)
            {
                return (found, last);
            }

            // Where clocks differed a row may come behind an older one: the place never goes back to what was given before that.
            last = (last ?? after)?.At is { } at && string.CompareOrdinal(at, row.Row.At) < 0 ? row.Place with { At = at } : row.Place;
            if (Matches(row.Row, query.Text))
            {
                found.Add(row);
            }
        }

        return (found, null);
    }

    /// <summary>All of them, newest first, each looked at once.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public IAsyncEnumerable<FoundRow> AllAsync(string account, RecordQuery query, RecordPlace? after, CancellationToken ct) =>
        WalkAsync(account, query, after, ct).Where(row => Matches(row.Row, query.Text));

    private async IAsyncEnumerable<FoundRow> WalkAsync(
        string account, RecordQuery query, RecordPlace? after, [EnumeratorCancellation] CancellationToken ct)
    {
        var opened = new ConcurrentBag<Chain>();
        await Parallel.ForEachAsync(
            ChainsAsync(account, query, ct), new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = ct },
            async (chain, stop) =>
            {
                await chain.OpenAsync(after, stop);
                opened.Add(chain);
            });
        var chains = new PriorityQueue<Chain, string>(
            opened.Where(chain => chain.Next is not null).Select(chain => (chain, $"{chain.Next}")),
            Comparer<string>.Create((one, other) => string.CompareOrdinal(other, one)));
        while (chains.TryDequeue(out var chain, out _))
        {
            yield return await chain.TakeAsync(ct);
            if (chain.Next is { } next)
            {
                chains.Enqueue(chain, $"{next}");
            }
        }
    }

    private async IAsyncEnumerable<Chain> ChainsAsync(
        string account, RecordQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        if (query.HasOwn && (query.Chain ?? account) == account)
        {
            yield return new(records, account, null);
        }

        if (query.Chain is { } only)
        {
            if (await deployments.FindAsync(account, only, ct) is { } one)
            {
                yield return new(records, one.Id, one.Name);
            }

            yield break;
        }

        var (count, cursor) = (0, (string?)null);
        do
        {
            (var page, cursor) = await deployments.ListAsync(account, cursor, ct);
            foreach (var deployment in page)
            {
                yield return ++count <= ChainsMax ? new(records, deployment.Id, deployment.Name) : throw new TooManyChainsException(ChainsMax);
            }
        }
        while (cursor is not null);
    }

    private static bool Matches(RecordRow row, string? text) => text is null
        || new[] { row.Kind, row.Actor, row.Data, row.Words }.Any(part => part?.Contains(text, StringComparison.OrdinalIgnoreCase) is true);

    /// <summary>One record, read from its end, a window at a time.</summary>
    private sealed class Chain(RecordStore records, string id, string? name)
    {
        private readonly Stack<RecordRow> read = [];
        private long before;

        /// <summary>Of the row that is the next; null when there is none.</summary>
        public RecordPlace? Next { get; private set; }

        /// <param name="after">Before it in the list nothing is read but for a few rows; null for none.</param>
        /// <param name="ct">Stops the wait.</param>
        public async Task OpenAsync(RecordPlace? after, CancellationToken ct)
        {
            before = (await records.HeadAsync(id, ct)).Sequence + 1;
            before = after is null ? before
                : after.Chain == id ? Math.Min(before, after.Sequence)
                : await records.CountBeforeAsync(id, before, after.Latest, ct);
            Next = before == 0 ? null : new(await records.AtAsync(id, before - 1, ct), id, before - 1);
            while (after is not null && after.Chain != id && string.CompareOrdinal($"{Next}", $"{after}") >= 0)
            {
                await TakeAsync(ct);
            }
        }

        public async Task<FoundRow> TakeAsync(CancellationToken ct)
        {
            await ReadAsync(ct);
            var row = read.Pop();
            await ReadAsync(ct);
            Next = read.TryPeek(out var next) ? new FoundRow(id, name, next).Place : null;
            return new(id, name, row);
        }

        private async Task ReadAsync(CancellationToken ct)
        {
            if (read.Count == 0 && before > 0)
            {
                var from = Math.Max(before - Window, 0);
                foreach (var row in await records.ReadAsync(id, from - 1, before - 1, ct))
                {
                    read.Push(row);
                }

                before = from;
            }
        }
    }
}

/// <param name="max">How many can be looked through at once.</param>
public sealed class TooManyChainsException(int max) : Exception($"More than {max} records cannot be looked through at once.");
