using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Retention;

/// <summary>Rows that have an end, which a row leads to that was written when it was known.</summary>
public interface IExpiring
{
    /// <summary>What leads to those that nobody can use any more.</summary>
    Round ExpiredRound(DateTimeOffset now);

    /// <param name="row">What leads to it.</param>
    /// <param name="ct">Stops the wait.</param>
    Task RemoveAsync(TableEntity row, CancellationToken ct);
}

/// <summary>Deletes what is past its time: a bounded number of rows at once, found by rows that were written when their end was
/// known.</summary>
public sealed class RetentionSweep(Rounds rounds, BotRemains bots, IEnumerable<IExpiring> expiring, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await rounds.GoAsync(bots.Round(now), bots.EraseRestAsync, ct);
        foreach (var store in expiring)
        {
            await rounds.GoAsync(store.ExpiredRound(now), store.RemoveAsync, ct);
        }
    }
}
