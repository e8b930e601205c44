using System.Runtime.CompilerServices;
using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Records;

/// <summary>Which rows are looked for.</summary>
/// <param name="Text">Has to stand in the row's kind, actor, data or words, whatever its case; null for all of them.</param>
/// <param name="Deployment">Whose; null for all of the account.</param>
public sealed record RecordQuery(string? Text, string? Deployment);

/// <summary>A row and whose it is.</summary>
public sealed record FoundRow(Deployment Deployment, RecordRow Row)
{
    /// <summary>Where it stands among the rows of the account, newest first: whoever has seen it goes on after it.</summary>
    public string Place => $"{Row.At} {Deployment.Id} {Row.Sequence:D12}";
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
        var chains = new PriorityQueue<Chain, string>(Comparer<string>.Create((one, other) => string.CompareOrdinal(other, one)));
        await foreach (var chain in ChainsAsync(account, query.Deployment, ct))
        {
            if (await chain.NextAsync(after, ct))
            {
                chains.Enqueue(chain, chain.Current!.Place);
            }
        }

        var found = new List<FoundRow>();
        var (looks, last) = (0, (string?)null);
        while (chains.TryDequeue(out var chain, out var place))
        {
            last = place;
            if (Matches(chain.Current!.Row, query.Text))
            {
                found.Add(chain.Current);
            }

            if (await chain.NextAsync(after: null, ct))
            {
                chains.Enqueue(chain, chain.Current!.Place);
            }

            if (found.Count == max || ++looks == LooksMax)
            {
                return (found, chains.Count > 0 ? last : null);
            }
        }

        return (found, null);
    }

    private async IAsyncEnumerable<Chain> ChainsAsync(
        string account, string? only, [EnumeratorCancellation] CancellationToken ct)
    {
        if (only is not null)
        {
            if (await deployments.FindAsync(account, only, ct) is { } one)
            {
                yield return new(records, one);
            }

            yield break;
        }

        var (count, cursor) = (0, (string?)null);
        do
        {
            (var page, cursor) = await deployments.ListAsync(account, cursor, ct);
            foreach (var deployment in page)
            {
                yield return ++count <= ChainsMax ? new(records, deployment) : throw new TooManyChainsException(ChainsMax);
            }
        }
        while (cursor is not null);
    }

    private static bool Matches(RecordRow row, string? text) => text is null
        || new[] { row.Kind, row.Actor, row.Data, row.Words }.Any(part => part?.Contains(text, StringComparison.OrdinalIgnoreCase) is true);

    /// <summary>One record, read from its end, a window at a time.</summary>
    private sealed class Chain(RecordStore records, Deployment deployment)
    {
        private readonly Stack<RecordRow> read = [];
        private long? before;

        public FoundRow? Current { get; private set; }

        /// <param name="after">Rows at or before this place in the list are passed over; null for none.</param>
        public async Task<bool> NextAsync(string? after, CancellationToken ct)
        {
            do
            {
                before ??= (await records.HeadAsync(deployment.Id, ct)).Sequence + 1;
                if (read.Count == 0)
                {
                    if (before == 0)
                    {
                        Current = null;
                        return false;
                    }

                    var from = Math.Max(before.Value - Window, 0);
                    foreach (var row in await records.ReadAsync(deployment.Id, from - 1, before.Value - 1, ct))
                    {
                        read.Push(row);
                    }

                    before = from;
                }

                Current = read.TryPop(out var next) ? new(deployment, next) : null;
            }
            while (Current is null || (after is not null && string.CompareOrdinal(Current.Place, after) >= 0));
            return true;
        }
    }
}

/// <param name="max">How many can be looked through at once.</param>
public sealed class TooManyChainsException(int max) : Exception($"More than {max} records cannot be looked through at once.");
