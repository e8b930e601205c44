using Stripe;
using Stripe.Radar;

namespace Launchpad.Shared.Billing;

/// <summary>One try with a card: to pay with it, or to have it kept where nothing is due yet.</summary>
/// <param name="Id">Of the charge, or of the attempt to set it up, at the provider.</param>
/// <param name="Card">The provider's fingerprint of the card, the same for the same number; null where it has none.</param>
/// <param name="IsRisky">The provider let it pass, and finds it riskier than usual, or too risky.</param>
/// <param name="IsWarnedOf">The bank says that the card was probably used without its owner.</param>
/// <param name="Intent">What was to be paid or set up, at the provider: whoever tries again on the same page tries for the same. A renewal that
/// nobody was present at has one of its own.</param>
public sealed record CardAttempt(
    string Id, string Account, string? Card, DateTimeOffset At, bool WasRefused, bool IsRisky, bool IsWarnedOf = false, string? Intent = null);

/// <summary>What was tried with cards, and what the provider's own judgement of it was.</summary>
public sealed class StripeCards(StripeConnection connection)
{
    private const int ListedMax = 100;

    // Each is a page on which nothing was due; of each all tries are asked for by themselves.
    private const int SetupsMax = 20;

    /// <summary>Of a charge. Null when no account of ours tried it.</summary>
    public async Task<CardAttempt?> ChargedAsync(string id, CancellationToken ct)
    {
        var options = new ChargeGetOptions { Expand = ["customer"] };
        var charge = await connection.FindAsync((client, stop) => new ChargeService(client).GetAsync(id, options, null, stop), ct);
        return charge is not null && Owner(charge.Customer) is { } account ? Of(charge, account) : null;
    }

    /// <summary>Of a setup intent, which has all the tries of one page. None when no account of ours tried it.</summary>
    public async Task<IReadOnlyList<CardAttempt>> SetUpAsync(string id, CancellationToken ct)
    {
        var options = new SetupIntentGetOptions { Expand = ["customer"] };
        var intent = await connection.FindAsync((client, stop) => new SetupIntentService(client).GetAsync(id, options, null, stop), ct);
        return intent is not null && Owner(intent.Customer) is { } account ? await TriesAsync(id, account, ct) : [];
    }

    /// <summary>What a customer tried since a moment, at most the newest hundred charges and the tries of the newest twenty pages.</summary>
    public async Task<IReadOnlyList<CardAttempt>> OfAsync(string customer, string account, DateTimeOffset since, CancellationToken ct)
    {
        var created = new DateRangeOptions { GreaterThanOrEqual = since.UtcDateTime };
        var charges = new ChargeListOptions { Customer = customer, Created = created, Limit = ListedMax };
        var charged = await connection.RunAsync((client, stop) => new ChargeService(client).ListAsync(charges, null, stop), ct);
        var setups = new SetupIntentListOptions { Customer = customer, Created = created, Limit = SetupsMax };
        var intents = await connection.RunAsync((client, stop) => new SetupIntentService(client).ListAsync(setups, null, stop), ct);
        var attempts = charged.Select(charge => Of(charge, account)).ToList();
        foreach (var intent in intents)
        {
            attempts.AddRange(await TriesAsync(intent.Id, account, ct));
        }

        return attempts;
    }

    /// <summary>What banks have warned of since a moment, at most the newest hundred.</summary>
    public async Task<IReadOnlyList<CardAttempt>> WarnedAsync(DateTimeOffset since, CancellationToken ct)
    {
        var wanted = new EarlyFraudWarningListOptions
        {
            Created = new DateRangeOptions { GreaterThanOrEqual = since.UtcDateTime },
            Expand = ["data.charge.customer"],
            Limit = ListedMax,
        };
        var warnings = await connection.RunAsync((client, stop) => new EarlyFraudWarningService(client).ListAsync(wanted, null, stop), ct);
        return
        [
            .. warnings.Select(one => one.Charge is { } charge && Owner(charge.Customer) is { } account ? Of(charge, account) with { IsWarnedOf = true } : null)
                .OfType<CardAttempt>(),
        ];
    }

    private async Task<IReadOnlyList<CardAttempt>> TriesAsync(string intent, string account, CancellationToken ct)
    {
        var options = new SetupAttemptListOptions { SetupIntent = intent, Limit = ListedMax };
        var tries = await connection.RunAsync((client, stop) => new SetupAttemptService(client).ListAsync(options, null, stop), ct);
        return [.. tries.Where(one => one.Status is "failed" or "succeeded").Select(one => Of(one, account))];
    }

    private static string? Owner(Customer? customer) => customer is { Deleted: not true } ? StripeMetadata.Account(customer) : null;

    private static CardAttempt Of(Charge charge, string account) => new(
        charge.Id, account, charge.PaymentMethodDetails?.Card?.Fingerprint, Utc(charge.Created),
        charge.Status == "failed", charge is { Status: not "failed", Outcome.RiskLevel: "elevated" or "highest" }, Intent: charge.PaymentIntentId);

    private static CardAttempt Of(SetupAttempt tried, string account) => new(
        tried.Id, account, tried.PaymentMethodDetails?.Card?.Fingerprint ?? tried.SetupError?.PaymentMethod?.Card?.Fingerprint, Utc(tried.Created),
        tried.Status == "failed", IsRisky: false, Intent: tried.SetupIntentId);

    private static DateTimeOffset Utc(DateTime at) => new(DateTime.SpecifyKind(at, DateTimeKind.Utc));
}
