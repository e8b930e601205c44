using Launchpad.Shared.Accounts;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Retention;

/// <summary>Deletes what is past its time: a bounded number of rows at once, found by rows that were written when their end was
/// known.</summary>
public sealed class RetentionSweep(Rounds rounds, BotRemains bots, SessionStore sessions, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await rounds.GoAsync(bots.Round(now), bots.EraseRestAsync, ct);
        await rounds.GoAsync(sessions.ExpiredRound(now), sessions.RemoveAsync, ct);
    }
}
