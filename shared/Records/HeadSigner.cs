using Azure.Data.Tables;

namespace Launchpad.Shared.Records;

/// <summary>Signs the heads of an account's chains that changed on a day which is over.</summary>
public sealed class HeadSigner(ChangedChains changed, RecordStore records, SignedHeadsStore documents, TimeProvider clock)
{
    /// <summary>Of one document; further ones are in the next.</summary>
    public const int ChainsMax = 250;

    /// <summary>Follows what leads to a chain. It goes when a document holds all rows of that day.</summary>
    public async Task SignAsync(TableEntity row, CancellationToken ct)
    {
        var due = ChangedChain.Of(row);
        var document = await documents.FindAsync(due.Account, due.Day, ct)
            // Heads are signed as they are now: those of a later day hold what is before.
            ?? (await documents.LatestAsync(due.Account, ct) is { } latest && string.CompareOrdinal(latest.Heads.Day, due.Day) > 0 ? latest : await AddAsync(due, ct));
        if (!await HoldsAsync(document.Heads, due, ct))
        {
            await changed.MarkAsync(due with { Day = ChangedChain.DayOf(clock.GetUtcNow()) }, ct);
        }

        await changed.RemoveAsync(row, ct);
    }

    private async Task<SignedHeads> AddAsync(ChangedChain due, CancellationToken ct)
    {
        var heads = new List<SignedHead>();
        foreach (var chain in await changed.OfAsync(due.Account, due.Day, ChainsMax, ct))
        {
            if (await records.HeadAsync(chain, ct) is { Sequence: >= 0 } head)
            {
                heads.Add(new(chain, head.Sequence + 1, head.Hash));
            }
        }

        return await documents.AddAsync(due.Account, due.Day, clock.GetUtcNow(), heads, ct);
    }

    /// <summary>Whether the first row that is not in it, if there is one, is of a later day, which has a document of its own. A chain that never
    /// got its row needs none.</summary>
    private async Task<bool> HoldsAsync(HeadsDocument document, ChangedChain due, CancellationToken ct)
    {
        var rows = document.Chains.FirstOrDefault(head => head.Chain == due.Chain)?.Rows ?? 0;
        var next = await records.ReadAsync(due.Chain, rows - 1, rows, ct);
        return next.Count == 0 || string.CompareOrdinal(next[0].At[..due.Day.Length], due.Day) > 0;
    }
}
