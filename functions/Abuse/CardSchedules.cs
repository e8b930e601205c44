using Launchpad.Shared.Abuse;
using Launchpad.Shared.Billing;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Abuse;

/// <summary>What banks warned of and nobody was told.</summary>
public sealed class CardSchedules(StripeCards cards, PaymentGuard guard, TimeProvider clock)
{
    /// <summary>Longer than any provider goes on trying to tell.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    [Function("LookForFraudWarnings")]
    public async Task Look([TimerTrigger("35 12 * * * *")] TimerInfo timer, CancellationToken ct) =>
        await guard.HearAsync(await cards.WarnedAsync(clock.GetUtcNow() - Memory, ct), ct);
}

/// <summary>What was tried on pages that are open, and that nobody told of.</summary>
public sealed class PageWatch(StripeCards cards, PaymentGuard guard, TimeProvider clock)
{
    public async Task LookAsync(BillingWatch watch, CancellationToken ct)
    {
        if (watch is { Sessions.Count: > 0, Customer: { } customer })
        {
            await guard.HearAsync(await cards.OfAsync(customer, watch.Account, clock.GetUtcNow() - CardAttempts.Kept, ct), ct);
        }
    }
}
