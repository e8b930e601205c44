using Stripe;

namespace Launchpad.Shared.Billing;

/// <summary>One try to pay with a card.</summary>
/// <param name="Id">Of the charge, at the provider.</param>
/// <param name="Card">The provider's fingerprint of the card, the same for the same number; null where it has none.</param>
/// <param name="IsRisky">The provider let it pass, and finds it riskier than usual, or too risky.</param>
/// <param name="IsWarnedOf">The bank says that the card was probably used without its owner.</param>
public sealed record CardAttempt(
    string Id, string Account, string? Card, DateTimeOffset At, bool WasRefused, bool IsRisky, bool IsWarnedOf = false);

/// <summary>What was tried with cards, and what the provider's own judgement of it was.</summary>
public sealed class StripeCharges(StripeConnection connection)
{
    private const int ListedMax = 100;

    /// <summary>Null when no account of ours tried it.</summary>
    public async Task<CardAttempt?> FindAsync(string id, CancellationToken ct)
    {
        var options = new ChargeGetOptions { Expand = ["customer"] };
        var charge = await connection.FindAsync((client, stop) => new ChargeService(client).GetAsync(id, options, null, stop), ct);
        return charge?.Customer is { Deleted: not true } customer && StripeMetadata.Account(customer) is { } account ? Of(charge, account) : null;
    }

    /// <summary>What a customer tried since a moment, at most the newest hundred.</summary>
    public async Task<IReadOnlyList<CardAttempt>> OfAsync(string customer, string account, DateTimeOffset since, CancellationToken ct)
    {
        var options = new ChargeListOptions
        {
            Customer = customer,
            Created = new DateRangeOptions { GreaterThanOrEqual = since.UtcDateTime },
            Limit = ListedMax,
        };
        var charges = await connection.RunAsync((client, stop) => new ChargeService(client).ListAsync(options, null, stop), ct);
        return [.. charges.Select(charge => Of(charge, account))];
    }

    private static CardAttempt Of(Charge charge, string account) => new(
        charge.Id, account, charge.PaymentMethodDetails?.Card?.Fingerprint, new(DateTime.SpecifyKind(charge.Created, DateTimeKind.Utc)),
        charge.Status == "failed", charge is { Status: not "failed", Outcome.RiskLevel: "elevated" or "highest" });
}
