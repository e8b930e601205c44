using Azure.Data.Tables;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;
using Stripe.Checkout;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>A page that charges nothing is where stolen cards are tried first, and where one card would have trials without end.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class TrialAbuseTests(LaunchpadApi api)
{
    private const string Good = "4242424242424242";
    private const string Mastercard = "5555555555554444";
    private const string Discover = "6011111111111117";
    private static readonly string[] Refused = ["4000000000000002", "4000000000009995", "4000000000009987"];
    private static readonly CancellationToken Ct = CancellationToken.None;

    private ReviewStore Reviews => api.Service<ReviewStore>();

    [Fact]
    public async Task Three_refused_cards_close_a_trials_page_as_any_other()
    {
        using var shop = await Shop.OpenAsync(api);
        var page = await shop.PageAsync(await shop.OrderAsync("plus"));
        foreach (var card in Refused)
        {
            Assert.Equal(402, await api.PayAsync(page, card));
        }

        await Shop.UntilAsync(() => new SessionService(api.Stripe).GetAsync(page), session => session.Status == "expired");
        Assert.Equal(Suspicion.CardTesting, Assert.Single(await Reviews.OfAsync(shop.Owner.Account, Ct)).Suspicion);
    }

    [Fact]
    public async Task Tries_that_nobody_told_of_are_found_before_the_trial_begins()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.OrderAsync("plus");
        var page = await shop.PageAsync(id);
        await shop.WebhooksAsync(enabled: false);
        try
        {
            // The clock would find them on the page.
            await shop.DueAsync(id, TimeSpan.FromHours(1));
            foreach (var card in Refused)
            {
                Assert.Equal(402, await api.PayAsync(page, card));
            }

            Assert.Equal(303, await api.PayAsync(page, Good));
            await shop.DueAsync(id);
            var held = await shop.LookAsync(() => api.Service<DeploymentStore>().GetAsync(shop.Owner.Account, id, Ct), now => now.HeldSince is not null);
            Assert.Null(held.LastOperation);
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }

        Assert.Contains("Nothing was charged", (await shop.BillingAsync(id)).GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plus")]
    [InlineData("starter")]
    public async Task Tries_on_a_page_that_stays_open_are_found_by_the_clock_though_nobody_told_of_them(string plan)
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.OrderAsync(plan);
        var page = await shop.PageAsync(id);
        await shop.WebhooksAsync(enabled: false);
        try
        {
            foreach (var card in Refused)
            {
                Assert.Equal(402, await api.PayAsync(page, card));
            }

            await shop.DueAsync(id);
            await shop.LookAsync(() => new SessionService(api.Stripe).GetAsync(page), session => session.Status == "expired");
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }

        Assert.Equal(Suspicion.CardTesting, Assert.Single(await Reviews.OfAsync(shop.Owner.Account, Ct)).Suspicion);
    }

    [Fact]
    public async Task A_card_that_had_a_trial_in_one_account_waits_for_a_person_in_another()
    {
        using var first = await Shop.OpenAsync(api);
        using var second = await Shop.OpenAsync(api);
        var (one, another) = (await BegunAsync(first, Discover), await BegunAsync(second, Discover));
        // The API of these tests knows few cards.
        var guard = Guard(new AbuseOptions());

        for (var asked = 0; asked < 2; asked++)
        {
            Assert.Null(await guard.JudgeAsync(one, Ct));
            Assert.Equal(Suspicion.RepeatedTrial, (await guard.JudgeAsync(another, Ct))!.Suspicion);
        }

        Assert.Single(await Reviews.OfAsync(second.Owner.Account, Ct));
        // Each time that a held order is looked at it is asked again: what leads to the end of its row is there once.
        var leading = await api.Service<Tables>().Index.QueryAsync<TableEntity>(row => row.PartitionKey.CompareTo("attempt-") > 0 && row.PartitionKey.CompareTo("attempt-~") < 0)
            .Where(row => row.GetString("attempt") == second.Owner.Account).ToListAsync();
        Assert.Single(leading);
        var (status, problem) = await second.CheckOutAsync(await second.Owner.OrderAsync());
        Assert.Equal((403, true), (status, problem.GetProperty("detail").GetString()!.Contains("had a trial in another account", StringComparison.Ordinal)));
        await guard.DecideAsync(second.Owner.Account, Suspicion.RepeatedTrial, ReviewState.Released, "an operator", Ct);
        Assert.Null(await guard.JudgeAsync(another, Ct));
        Assert.Null(await guard.JudgeAsync(one, Ct));
    }

    [Fact]
    public async Task Who_pays_with_a_card_that_had_a_trial_elsewhere_pays()
    {
        using var first = await Shop.OpenAsync(api);
        using var second = await Shop.OpenAsync(api);
        var trial = await BegunAsync(first, Mastercard);
        var id = await second.OrderAsync("starter");
        Assert.Equal(303, await api.PayAsync(await second.PageAsync(id), Mastercard));
        var paid = await OfAsync(second, id);

        var guard = Guard(new AbuseOptions());
        Assert.Null(await guard.JudgeAsync(trial, Ct));
        Assert.Null(await guard.JudgeAsync(paid, Ct));
    }

    private PaymentGuard Guard(AbuseOptions options) => new(
        new CardWatch(api.Service<CardAttempts>(), api.Service<StripeCards>(), Options.Create(options), TimeProvider.System),
        Reviews, api.Service<OpenPages>(), api.Service<Pager>());

    private async Task<Subscription> BegunAsync(Shop shop, string card)
    {
        var id = await shop.OrderAsync("plus");
        Assert.Equal(303, await api.PayAsync(await shop.PageAsync(id), card));
        var trial = await OfAsync(shop, id);
        Assert.True(trial.IsTrial);
        return trial;
    }

    private async Task<Subscription> OfAsync(Shop shop, string deployment) => (await Shop.UntilAsync(
        () => api.Service<SubscriptionStore>().OfAsync(shop.Owner.Account, deployment, Ct), found => found.Count == 1)).Single();
}
