using Launchpad.Functions.Access;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Abuse;

/// <param name="TrialDays">For how many days it is free; 0 for none.</param>
public sealed record ToBePaid(Deployment Deployment, Plan Plan, int TrialDays);

/// <summary>Who gets a page to pay on (ADR 44), and on which terms.</summary>
public sealed class CheckoutGate(Orders orders, PaymentGuard guard, CheckoutLimits limits, Offers offers)
{
    /// <exception cref="ProblemException">When there is nothing to pay for, too many were asked for, or the account's payments are held.</exception>
    public async Task<ToBePaid> PassAsync(Caller by, string? deployment, string address, CancellationToken ct)
    {
        var account = by.Account;
        if (DisposableMail.DomainOf(account.Email) is { } domain)
        {
            if (account.EmailVerifiedAt is null)
            {
                throw Problems.EmailUnconfirmed();
            }

            limits.Disposable(domain);
        }

        limits.Checkout(address);
        if (await guard.HoldAsync(account.Id, ct) is { } hold)
        {
            throw Problems.PaymentsHeld(Why(hold));
        }

        var (found, plan) = await orders.ToBePaidAsync(by, deployment, ct);
        return new(found, plan, await offers.TrialDaysAsync(account.Id, plan, ct));
    }

    private static string Why(Review hold) => hold switch
    {
        { State: ReviewState.Refused } => "Payments of this account were refused by a person.",
        { Suspicion: Suspicion.CardTesting } => "Several payments were refused in a short time.",
        { Suspicion: Suspicion.SharedCard } => "The card was used in several accounts in a short time.",
        { Suspicion: Suspicion.RepeatedTrial } => "The card had a trial in another account before.",
        { Suspicion: Suspicion.FraudWarning } => "A bank asks about a payment of this account.",
        _ => "The payment provider asks for a closer look at a payment.",
    };
}

/// <summary>How many payment pages are asked for.</summary>
public sealed class CheckoutLimits(IOptions<AbuseOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TokenBuckets networks = new(options.Value.Checkouts, Hour / options.Value.Checkouts, clock);
    private readonly TokenBuckets domains = new(options.Value.DisposableCheckouts, Hour / options.Value.DisposableCheckouts, clock);

    /// <summary>From a network.</summary>
    public void Checkout(string address) => networks.Take(address);

    /// <summary>By all whose addresses are of a domain.</summary>
    public void Disposable(string domain) => domains.Take(domain);
}
