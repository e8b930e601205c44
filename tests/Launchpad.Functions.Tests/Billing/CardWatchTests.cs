using Launchpad.Functions.Tests.Api;
using Launchpad.Shared;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Health;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>How tries with cards are counted: by what they pay for, by card and by account.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class CardWatchTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private ReviewStore Reviews => api.Service<ReviewStore>();

    [Fact]
    public async Task Renewals_of_many_bots_with_one_card_that_has_expired_are_no_trial_of_cards()
    {
        var account = Ids.New(Ids.Account, TimeProvider.System);
        CardAttempt Refusal(int bot, string intent) =>
            new($"ch_{Guid.NewGuid():n}", account, "expired", DateTimeOffset.UtcNow.AddSeconds(-bot), WasRefused: true, IsRisky: false, Intent: intent);
        var guard = api.Service<PaymentGuard>();
        await guard.HearAsync(Enumerable.Range(0, 2 * new AbuseOptions().Refusals).Select(bot => Refusal(bot, $"pi_{bot}")), Ct);
        Assert.Empty(await Reviews.OfAsync(account, Ct));
        await guard.HearAsync(Enumerable.Range(0, new AbuseOptions().Refusals).Select(bot => Refusal(bot, "pi_same")), Ct);
        Assert.Equal(Suspicion.CardTesting, Assert.Single(await Reviews.OfAsync(account, Ct)).Suspicion);
    }

    [Fact]
    public async Task One_card_in_many_accounts_is_seen()
    {
        var accounts = new AbuseOptions().AccountsOfCard;
        var attempts = Enumerable.Range(0, accounts).Select(at => new CardAttempt(
            $"ch_{Guid.NewGuid():n}", Ids.New(Ids.Account, TimeProvider.System), "shared-card", DateTimeOffset.UtcNow.AddMinutes(-at), WasRefused: false, IsRisky: false)).ToList();
        // The API of these tests knows few cards.
        var watch = new CardWatch(
            api.Service<CardAttempts>(), api.Service<StripeCards>(), Options.Create(new AbuseOptions()), TimeProvider.System);
        var guard = new PaymentGuard(watch, Reviews, api.Service<OpenPages>(), api.Service<Pager>());
        foreach (var attempt in attempts)
        {
            await guard.HearAsync([attempt], Ct);
            await guard.HearAsync([attempt], Ct);
        }

        Assert.Equal(Suspicion.SharedCard, Assert.Single(await Reviews.OfAsync(attempts[^1].Account, Ct)).Suspicion);
        Assert.Empty(await Reviews.OfAsync(attempts[0].Account, Ct));
    }
}
