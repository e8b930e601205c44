using Azure.Data.Tables;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Health;
using Launchpad.Shared.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Abuse;

/// <summary>How many sign-ins were refused lately, and from how many networks. A minute that is over long enough counts no more.</summary>
internal sealed class RefusalCount(TimeProvider clock)
{
    public const int Minutes = 10;
    private const int Max = 10_000;

    private readonly Lock turn = new();
    private readonly Queue<(long Minute, string Network)> refused = new();

    /// <returns>How many there are with it, ten thousand at most.</returns>
    public int Add(string network)
    {
        var now = clock.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;
        lock (turn)
        {
            while (refused.TryPeek(out var oldest) && (oldest.Minute <= now - Minutes || refused.Count >= Max))
            {
                refused.Dequeue();
            }

            refused.Enqueue((now, network));
            return refused.Count;
        }
    }

    public int Networks()
    {
        lock (turn)
        {
            return refused.Select(one => one.Network).Distinct().Count();
        }
    }
}

/// <summary>Calls somebody when more sign-ins are refused than people mistype. Each instance counts its own.</summary>
public sealed class RefusedSignIns(Pager pager, Tables tables, IOptions<AbuseOptions> options, TimeProvider clock)
{
    public const string Subject = "sign-in";

    private const string Seen = "seenAt";
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    /// <summary>For so long it has to be quiet before it counts as over.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(30);

    private readonly RefusalCount count = new(clock);
    private long toldAt;

    /// <param name="network">From where it was tried.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task CountAsync(string network, CancellationToken ct)
    {
        var refused = count.Add(network);
        if (refused < options.Value.RefusedSignIns || !IsTurn())
        {
            return;
        }

        await tables.Attempts.UpsertEntityAsync(new TableEntity(Subject, Subject) { [Seen] = clock.GetUtcNow() }, TableUpdateMode.Replace, ct);
        await pager.RaiseAsync(
            PageKind.SignInsRefused, Subject,
            $"{refused} sign-ins or more were refused in {RefusalCount.Minutes} minutes, from {count.Networks()} networks.", ct);
    }

    /// <summary>Takes the page back when it has been quiet for a while.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        var row = await tables.Attempts.FindAsync(Subject, Subject, ct);
        if (row is null || row.GetDateTimeOffset(Seen) < clock.GetUtcNow() - Quiet)
        {
            await pager.ResolveAsync(PageKind.SignInsRefused, Subject, ct);
        }
    }

    /// <summary>Once a minute, of however many who come at once.</summary>
    private bool IsTurn()
    {
        var (before, now) = (Interlocked.Read(ref toldAt), clock.GetUtcNow().UtcTicks);
        return now - Step.Ticks >= before && Interlocked.CompareExchange(ref toldAt, now, before) == before;
    }
}

/// <summary>Sees that it has become quiet.</summary>
public sealed class SignInSchedules(RefusedSignIns signIns)
{
    [Function("LookAtSignIns")]
    public Task Look([TimerTrigger("40 */10 * * * *")] TimerInfo timer, CancellationToken ct) => signIns.LookAsync(ct);
}
