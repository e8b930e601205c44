using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Billing;

/// <summary>What was seen of a deployment's payment pages.</summary>
/// <param name="Sold">The subscriptions that were sold on them.</param>
/// <param name="Closed">The pages that nobody can pay on any more.</param>
public sealed record CheckoutsSeen(IReadOnlyList<string> Sold, IReadOnlyList<string> Closed);

/// <summary>The payment pages of an order. As long as one may be paid on, or a subscription runs, the order is watched.</summary>
public sealed class Checkouts(StripeCheckout stripe, BillingWatches watches, IOptions<BillingOptions> options, TimeProvider clock)
{
    // Stripe keeps a page open for 24 h; a payment on it may take a moment.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(25);

    /// <summary>A page to pay on: the one that is open, or a new one. Null when one was paid already, which is looked into at once.
    /// The watch begins before there is a page, so that none can be paid on that nobody looks at.</summary>
    public async Task<CheckoutLink?> OpenAsync(CheckoutRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var watch = await ChangeAsync(request, known => known with { OpenedAt = now, DueAt = Sooner(known.DueAt, now) }, ct);
        var customer = await stripe.CustomerAsync(request, watch!.Customer, ct);
        foreach (var known in watch.Sessions.Reverse())
        {
            if (await stripe.FindAsync(known, ct) is { IsOpen: true } page && await stripe.SellsAsync(page, request, customer, ct))
            {
                return page.Link;
            }

            // What sells anything else, or to somebody who is gone, is not to be paid on.
            if (await stripe.CloseAsync(known, ct) is { Subscription: { } sold } && request.Before?.Contains(sold) != true)
            {
                await ChangeAsync(request, unseen => unseen with { DueAt = now }, ct);
                return null;
            }
        }

        await ChangeAsync(request, known => known with { Customer = customer }, ct);
        var made = await stripe.CreateAsync(request, customer, ct);
        await ChangeAsync(request, known => known with { Sessions = [.. known.Sessions.Union([made.SessionId])] }, ct);
        return made;
    }

    public async Task<CheckoutsSeen> LookAsync(BillingWatch watch, CancellationToken ct)
    {
        var (sold, closed) = (new List<string>(), new List<string>());
        foreach (var session in watch.Sessions)
        {
            var page = await stripe.FindAsync(session, ct);
            if (page is not { IsOpen: true })
            {
                closed.Add(session);
            }

            if (page?.Subscription is { } subscription)
            {
                sold.Add(subscription);
            }
        }

        return new(sold, closed);
    }

    /// <summary>Nobody can pay for the order any more. The answer is what was sold on its pages before.</summary>
    public async Task<IReadOnlyList<string>> CloseAsync(string account, string deployment, CancellationToken ct)
    {
        if (await watches.FindAsync(account, deployment, ct) is not { } watch)
        {
            return [];
        }

        // Those whose id a crash kept from being written are found by who would have paid on them.
        var open = watch.Customer is { } customer ? await stripe.OpenAsync(customer, deployment, ct) : [];
        var sold = new List<string>();
        foreach (var session in watch.Sessions.Union(open))
        {
            if (await stripe.CloseAsync(session, ct) is { Subscription: { } subscription })
            {
                sold.Add(subscription);
            }
        }

        return sold;
    }

    /// <summary>Nobody can begin a trial on a page of the customer's any more. What was sold on one before names itself.</summary>
    public async Task CloseTrialsAsync(string customer, CancellationToken ct)
    {
        foreach (var session in await stripe.OpenTrialsAsync(customer, ct))
        {
            await stripe.CloseAsync(session, ct);
        }
    }

    /// <summary>Says when to look next: often at a young page, hourly at a subscription, and never again where neither is left.</summary>
    /// <param name="watch">What was looked at.</param>
    /// <param name="seen">What was seen.</param>
    /// <param name="isPayable">Whether the order still waits to be paid.</param>
    /// <param name="isAnyAlive">Whether a subscription of it may still be charged.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task RescheduleAsync(BillingWatch watch, CheckoutsSeen seen, bool isPayable, bool isAnyAlive, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return watches.ChangeAsync(
            watch.Account, watch.Deployment,
            known =>
            {
                if (known is null)
                {
                    return null;
                }

                var still = known with { Sessions = [.. known.Sessions.Except(seen.Closed)] };
                var age = now - known.OpenedAt;
                return IsAskedSince(watch, known) ? still
                    : isAnyAlive ? still with { DueAt = now + Spread(options.Value.Interval) }
                    : isPayable && age < Lifetime ? still with { DueAt = now + Pause(age.Value) }
                    : null;
            },
            ct);
    }

    /// <summary>What could not be looked at now is looked at later, behind all others.</summary>
    public Task PostponeAsync(BillingWatch watch, CancellationToken ct) => watches.ChangeAsync(
        watch.Account, watch.Deployment,
        known => known is null || IsAskedSince(watch, known) ? known : known with { DueAt = clock.GetUtcNow() + options.Value.FirstLook }, ct);

    public Task ForgetAsync(string account, string deployment, CancellationToken ct) =>
        watches.ChangeAsync(account, deployment, _ => null, ct);

    private Task<BillingWatch?> ChangeAsync(CheckoutRequest request, Func<BillingWatch, BillingWatch> change, CancellationToken ct)
    {
        var first = clock.GetUtcNow() + options.Value.FirstLook;
        return watches.ChangeAsync(
            request.Account, request.Deployment,
            known => change(known ?? new(request.Account, request.Deployment, first, null, null, [])), ct);
    }

    // What changed while a look was on its way may not be in what it saw: that time stands.
    private static bool IsAskedSince(BillingWatch watch, BillingWatch known) => known.DueAt != watch.DueAt;

    // Asking for the link again and again puts the look off no further.
    private DateTimeOffset Sooner(DateTimeOffset due, DateTimeOffset now) =>
        due < now + options.Value.FirstLook ? due : now + options.Value.FirstLook;

    private TimeSpan Pause(TimeSpan age) => TimeSpan.FromTicks(Math.Clamp(
        age.Ticks / 4, options.Value.FirstLook.Ticks, Math.Max(options.Value.FirstLook.Ticks, options.Value.Interval.Ticks)));

    // What was due together drifts apart.
    private static TimeSpan Spread(TimeSpan interval) => interval * (0.9 + (Random.Shared.NextDouble() * 0.1));
}
