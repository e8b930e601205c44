using System.Net;
using System.Text.Json;
using Launchpad.Functions.Abuse;
using Launchpad.Functions.Auth;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Staff;
using Launchpad.Shared;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;
using Stripe;
using Stripe.Checkout;
using Review = Launchpad.Shared.Abuse.Review;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>How cards are tried out, and risky payments, wait for a person; how people pay does not.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class AbuseTests(LaunchpadApi api)
{
    private const string Good = "4242424242424242";
    private const string Elevated = "4000000000009235";
    private const string Highest = "4000000000004954";
    private const string Blocked = "4100000000000019";
    private const string Warned = "4000000000005423";
    private static readonly string[] Refused = ["4000000000000002", "4000000000009995", "4000000000009987"];
    private static readonly CancellationToken Ct = CancellationToken.None;

    private ReviewStore Reviews => api.Service<ReviewStore>();

    [Fact]
    public async Task Three_refused_cards_close_the_page_and_a_person_lets_it_go_on()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var page = await shop.PageAsync(id);
        foreach (var card in Refused)
        {
            Assert.Equal(402, await api.PayAsync(page, card));
        }

        await SeenAsync(shop, Suspicion.CardTesting);
        await Shop.UntilAsync(() => new SessionService(api.Stripe).GetAsync(page), session => session.Status == "expired");
        var (status, problem) = await shop.CheckOutAsync(id);
        Assert.Equal((403, "urn:launchpad:problem:payments-held"), (status, problem.GetProperty("type").GetString()));
        Assert.Contains("refused in a short time", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(await api.Service<Pager>().OpenAsync("", 1_000, Ct), one => (one.Kind, one.Subject) == (PageKind.PaymentReview, shop.Owner.Account));

        using var staff = await StaffMember.OfAsync(api);
        await DecideAsync(staff, shop, Suspicion.CardTesting, release: true);
        Assert.DoesNotContain(await api.Service<Pager>().OpenAsync("", 1_000, Ct), one => one.Subject == shop.Owner.Account);
        page = await shop.PageAsync(id);
        Assert.Equal(402, await api.PayAsync(page, Blocked));
        Assert.Equal(303, await api.PayAsync(page, Good));
        await BegunAsync(shop, id);
    }

    [Fact]
    public async Task Who_mistypes_and_whose_card_is_short_of_money_pays_with_another()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var page = await shop.PageAsync(id);
        foreach (var card in (string[])[Refused[0], Refused[1], Refused[1]])
        {
            Assert.Equal(402, await api.PayAsync(page, card));
        }

        Assert.Equal(303, await api.PayAsync(page, Good));
        await BegunAsync(shop, id);
        Assert.Empty(await Reviews.OfAsync(shop.Owner.Account, Ct));
    }

    [Fact]
    public async Task One_card_that_is_refused_again_and_again_is_a_trial_too()
    {
        using var shop = await Shop.OpenAsync(api);
        var page = await shop.PageAsync(await shop.Owner.OrderAsync());
        for (var tried = 0; tried < new AbuseOptions().Refusals; tried++)
        {
            Assert.Equal(402, await api.PayAsync(page, Blocked));
        }

        await SeenAsync(shop, Suspicion.CardTesting);
    }

    [Theory]
    [InlineData(Elevated)]
    [InlineData(Highest)]
    public async Task What_is_paid_at_a_risk_waits_whether_or_not_anybody_told_of_it_and_begins_once_released(string card)
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var page = await shop.PageAsync(id);
        await shop.WebhooksAsync(enabled: false);
        try
        {
            Assert.Equal(303, await api.PayAsync(page, card));
            await shop.LookAsync(() => FindAsync(shop, id), now => now.HeldSince is not null);
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }

        var subscription = (await FindAsync(shop, id)).Subscription!;
        Assert.Contains("A person looks at the payment", (await shop.BillingAsync(id)).GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(409, (await shop.PostAsync($"deployments/{id}/retry")).Status);
        await shop.TellAsync("customer.subscription.updated", new { id = subscription, @object = "subscription" });
        await shop.DueAsync(id);
        await api.FireAsync("ReconcileBilling");
        Assert.Null((await FindAsync(shop, id)).LastOperation);
        Assert.Single(await shop.RecordedAsync(id, "payment-held"));

        using var staff = await StaffMember.OfAsync(api);
        var listed = Assert.Single(
            (await staff.GetAsync("staff/reviews")).GetProperty("reviews").EnumerateArray(),
            one => one.GetProperty("account").GetString() == shop.Owner.Account);
        Assert.Equal([id], listed.GetProperty("held").EnumerateArray().Select(one => one.GetString()));
        await DecideAsync(staff, shop, Suspicion.PaymentRisk, release: true);
        await BegunAsync(shop, id);
        Assert.Single(await shop.RecordedAsync(id, "payment-released"));

        // The same payment, told again, holds nothing.
        await shop.TellAsync("charge.succeeded", new { id = (await ChargeAsync(subscription)).Id, @object = "charge" });
        Assert.Equal(ReviewState.Released, (await Reviews.FindAsync(shop.Owner.Account, Suspicion.PaymentRisk, Ct))!.State);
    }

    [Fact]
    public async Task What_is_refused_is_given_back_and_nothing_more_can_be_paid()
    {
        var email = $"{Guid.NewGuid():n}@example.com";
        using var shop = new Shop(api, await api.SignedUpAsync(email));
        var id = await shop.Owner.OrderAsync();
        var page = await shop.PageAsync(id);
        Assert.Equal(303, await api.PayAsync(page, Elevated));
        await Shop.UntilAsync(() => FindAsync(shop, id), now => now.HeldSince is not null);
        var subscription = (await FindAsync(shop, id)).Subscription!;
        await api.LetterAsync(email, "We look at your payment first: Canary Name");

        using var staff = await StaffMember.OfAsync(api);
        await DecideAsync(staff, shop, Suspicion.PaymentRisk, release: false);
        await api.LetterAsync(email, "We cannot take your payment: Canary Name");
        await DecideAsync(staff, shop, Suspicion.PaymentRisk, release: false);
        Assert.Equal(OperationKind.Terminate, (await Shop.UntilAsync(() => FindAsync(shop, id), now => now.LastOperation is not null)).Operation?.Kind ?? OperationKind.Terminate);
        await shop.UntilAsync(subscription, "canceled");
        await Shop.UntilAsync(() => shop.RefundsAsync(subscription), refunds => refunds.Count == 1);
        Assert.Equal(403, (await shop.CheckOutAsync(await shop.Owner.OrderAsync())).Status);
    }

    [Fact]
    public async Task A_banks_warning_keeps_an_account_from_paying_more_and_leaves_its_bots_alone()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        var charge = await ChargeAsync(subscription);
        await shop.TellAsync("radar.early_fraud_warning.created", new { id = "issfr_1", @object = "radar.early_fraud_warning", charge = charge.Id });
        await SeenAsync(shop, Suspicion.FraudWarning);
        Assert.Equal(DeploymentStatus.Running, (await FindAsync(shop, id)).Status);
        Assert.Equal(403, (await shop.CheckOutAsync(await shop.Owner.OrderAsync())).Status);
    }

    [Fact]
    public async Task The_provider_itself_tells_of_a_warning()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        Assert.Equal(303, await api.PayAsync(await shop.PageAsync(id), Warned));
        await SeenAsync(shop, Suspicion.FraudWarning);
    }

    [Fact]
    public async Task A_warning_that_nobody_told_of_is_found_by_the_clock_and_opens_nothing_again_that_was_released()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var page = await shop.PageAsync(id);
        await shop.WebhooksAsync(enabled: false);
        try
        {
            Assert.Equal(303, await api.PayAsync(page, Warned));
            await api.FireAsync("LookForFraudWarnings");
            await SeenAsync(shop, Suspicion.FraudWarning);
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }

        await api.Service<PaymentGuard>().DecideAsync(shop.Owner.Account, Suspicion.FraudWarning, ReviewState.Released, "an operator", Ct);
        var warned = await api.Service<StripeCards>().WarnedAsync(DateTimeOffset.UtcNow.AddDays(-1), Ct);
        Assert.Contains(warned, one => one.Account == shop.Owner.Account);
        await api.Service<PaymentGuard>().HearAsync(warned, Ct);
        Assert.Equal(ReviewState.Released, (await Reviews.FindAsync(shop.Owner.Account, Suspicion.FraudWarning, Ct))!.State);
    }

    [Fact]
    public async Task Whose_address_is_disposable_confirms_it_first_and_only_some_of_them_pay_in_an_hour()
    {
        Assert.Equal("mailinator.com", DisposableMail.DomainOf("somebody@mailinator.com"));
        Assert.Equal("mailinator.com", DisposableMail.DomainOf("somebody@Box.MAILINATOR.com"));
        Assert.Null(DisposableMail.DomainOf("somebody@example.com"));
        using var owner = await api.SignedUpAsync($"{Guid.NewGuid():n}@mailinator.com", isConfirmed: false);
        using var shop = new Shop(api, owner);
        var (status, problem) = await shop.CheckOutAsync(await owner.OrderAsync());
        Assert.Equal((409, "urn:launchpad:problem:email-unconfirmed"), (status, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public void Networks_and_domains_wait_when_they_asked_too_often_and_others_do_not()
    {
        var options = Options.Create(new AbuseOptions { SignUps = 2, Checkouts = 2, DisposableCheckouts = 2 });
        var (auth, checkouts) = (new AuthLimits(options, TimeProvider.System), new CheckoutLimits(options, TimeProvider.System));
        foreach (var ask in (Action<string>[])[auth.SignUp, checkouts.Checkout, checkouts.Disposable])
        {
            ask("one");
            ask("one");
            ask("another");
            var refused = Assert.Throws<ProblemException>(() => ask("one"));
            Assert.Equal(429, refused.Status);
            Assert.InRange(refused.RetryAfterSeconds!.Value, 1_700, 1_800);
        }
    }

    [Fact]
    public async Task Decisions_are_for_operators_and_about_something()
    {
        using var shop = await Shop.OpenAsync(api);
        using var staff = await StaffMember.OfAsync(api);
        var path = $"staff/reviews/{shop.Owner.Account}/card-testing";
        Assert.Equal(HttpStatusCode.NotFound, (await staff.PostAsync(path, new { release = true, reason = "it was nothing" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await staff.PostAsync("staff/reviews/nobody/nothing", new { release = true, reason = "it was nothing" })).Status);
        await Reviews.SuspectAsync(shop.Owner.Account, new(Suspicion.CardTesting, "seen", ["ch_1"]), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, (await staff.PostAsync(path, new { release = true, reason = "" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await staff.PostAsync(path, new { reason = "it was nothing" })).Status);
        Assert.Equal(401, (await shop.PostAsync(path, new { release = true, reason = "it was nothing" })).Status);
    }

    [Fact]
    public async Task Rows_that_were_lost_lose_nobody_and_tries_end()
    {
        var account = Ids.New(Ids.Account, TimeProvider.System);
        var review = await Reviews.SuspectAsync(account, new(Suspicion.PaymentRisk, "seen", ["ch_1"]), Ct);
        await api.Service<Tables>().Index.DeleteEntityAsync("reviews", ReviewStore.KeyOf(review));
        await Reviews.SuspectAsync(account, new(Suspicion.PaymentRisk, "seen", ["ch_1"]), Ct);
        Assert.Contains(await Reviews.OpenAsync(Before(account), 1_000, Ct), one => one.Account == account);

        var old = new CardAttempt("ch_old", account, "old-card", DateTimeOffset.UtcNow - CardAttempts.Kept, WasRefused: true, IsRisky: false);
        await api.Service<CardAttempts>().KeepAsync(old, Ct);
        Assert.Empty(await api.Service<CardAttempts>().OfAccountAsync(account, DateTimeOffset.MinValue.AddYears(1), Ct));
    }

    private static string Before(string account) => account[..^1];

    private Task<Deployment> FindAsync(Shop shop, string id) => api.Service<DeploymentStore>().GetAsync(shop.Owner.Account, id, Ct);

    private Task<Deployment> BegunAsync(Shop shop, string id) => Shop.UntilAsync(() => FindAsync(shop, id), now => now is { LastOperation: not null, HeldSince: null });

    private Task<Review?> SeenAsync(Shop shop, Suspicion suspicion) =>
        Shop.UntilAsync(() => Reviews.FindAsync(shop.Owner.Account, suspicion, Ct), review => review is { State: ReviewState.Open });

    private async Task<Charge> ChargeAsync(string subscription)
    {
        var customer = (await new SubscriptionService(api.Stripe).GetAsync(subscription)).CustomerId;
        return (await new ChargeService(api.Stripe).ListAsync(new() { Customer = customer })).First();
    }

    private static async Task DecideAsync(StaffMember staff, Shop shop, Suspicion suspicion, bool release)
    {
        var (status, review) = await staff.PostAsync(
            $"staff/reviews/{shop.Owner.Account}/{suspicion.Wire()}", new { release, reason = "The customer was asked by telephone." });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(release ? "released" : "refused", review.GetProperty("state").GetString());
    }
}
