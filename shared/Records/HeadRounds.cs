using System.Globalization;
using Launchpad.Shared.Health;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Records;

/// <summary>Has the heads of every day signed that is over, the oldest day first, and calls somebody when one stays unsigned.</summary>
public sealed class HeadRounds(ChangedChains changed, Rounds rounds, HeadSigner signer, HeadAlarm alarm)
{
    private const int RoundsMax = 100;

    /// <summary>By then nobody writes rows of the day before any more, whose clock is a little slow or whose call took long.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(15);

    public async Task RunAsync(DateTimeOffset now, CancellationToken ct)
    {
        var today = ChangedChain.DayOf(now - Settled);
        for (var turn = 0; turn < RoundsMax && await changed.OldestAsync(ct) is { } oldest && string.CompareOrdinal(oldest, today) < 0; turn++)
        {
            var round = changed.Before(After(oldest));
            if (await rounds.GoAsync(round, signer.SignAsync, ct) < round.Max && await changed.OldestAsync(ct) == oldest)
            {
                // What does not go today keeps no other day waiting.
                await rounds.GoAsync(changed.Before(today), signer.SignAsync, ct);
                break;
            }
        }

        await alarm.TellAsync(await changed.OldestAsync(ct), now, ct);
    }

    private static string After(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture)
        .AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Calls somebody when heads have waited for a day.</summary>
public sealed class HeadAlarm(Pager pager)
{
    private const string Subject = "record-heads";

    /// <param name="oldest">The oldest day that waits; null for none.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task TellAsync(string? oldest, DateTimeOffset now, CancellationToken ct) =>
        oldest is not null && string.CompareOrdinal(oldest, ChangedChain.DayOf(now.AddDays(-1))) < 0
            ? pager.RaiseAsync(PageKind.HeadsUnsigned, Subject, $"The records of {oldest} are not signed yet.", ct)
            : pager.ResolveAsync(PageKind.HeadsUnsigned, Subject, ct);
}
