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
    public string Place => $"{Row.At} {Chain} {Row.Sequence:D12}";
}

/// <summary>The records of all that an account has, as one list. Each is a chain of its own; they are joined while they are read.</summary>
public sealed class RecordSearch(RecordStore records, DeploymentStore deployments)
{
    private const int ChainsMax = 200;
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
    public async Task<(IReadOnlyList<FoundRow> Rows, string? Next)> FindAsync(
        string account, RecordQuery query, string? after, int max, CancellationToken ct)
    {
        var found = new List<FoundRow>();
        var (looks, last) = (0, (string?)null);
        await foreach (var row in WalkAsync(account, query, after, ct))
        {
            if (found.Count == max || looks++ == LooksMax)
            {
                return (found, last);
            }

            last = row.Place;
            if (Matches(row.Row, query.Text))
            {
                found.Add(row);
            }
        }

        return (found, null);
    }

    /// <summary>All of them, newest first, each looked at once.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public IAsyncEnumerable<FoundRow> AllAsync(string account, RecordQuery query, string? after, CancellationToken ct) =>
        WalkAsync(account, query, after, ct).Where(row => Matches(row.Row, query.Text));

    private async IAsyncEnumerable<FoundRow> WalkAsync(
        string account, RecordQuery query, string? after, [EnumeratorCancellation] CancellationToken ct)
    {
        var chains = new PriorityQueue<Chain, string>(Comparer<string>.Create((one, other) => string.CompareOrdinal(other, one)));
        await foreach (var chain in ChainsAsync(account, query, ct))
        {
            if (await chain.NextAsync(after, ct))
            {
                chains.Enqueue(chain, chain.Current!.Place);
            }
        }

        while (chains.TryDequeue(out var chain, out _))
        {
            yield return chain.Current!;
            if (await chain.NextAsync(after: null, ct))
            {
                chains.Enqueue(chain, chain.Current!.Place);
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
        private long? before;

        public FoundRow? Current { get; private set; }

        /// <param name="after">Rows at or before this place in the list are passed over; null for none.</param>
        public async Task<bool> NextAsync(string? after, CancellationToken ct)
        {
            do
            {
                before ??= (await records.HeadAsync(id, ct)).Sequence + 1;
                if (read.Count == 0)
                {
                    if (before == 0)
                    {
                        Current = null;
                        return false;
                    }

                    var from = Math.Max(before.Value - Window, 0);
                    foreach (var row in await records.ReadAsync(id, from - 1, before.Value - 1, ct))
                    {
                        read.Push(row);
                    }

                    before = from;
                }

                Current = read.TryPop(out var next) ? new(id, name, next) : null;
            }
            while (Current is null || (after is not null && string.CompareOrdinal(Current.Place, after) >= 0));
            return true;
        }
    }
}

/// <param name="max">How many can be looked through at once.</param>
public sealed class TooManyChainsException(int max) : Exception($"More than {max} records cannot be looked through at once.");
