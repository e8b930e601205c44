using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using MimeKit;
using Stripe;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>What becomes of a bot that is not paid for, and back. There are no machines here: that it is stopped and started there is the
/// affair of the end-to-end tests.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class DunningTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task A_renewal_that_fails_shows_every_date_at_once_and_paying_ends_it()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();

        await shop.FailRenewalAsync(subscription);
        var ladder = (await LadderAsync(shop, id, steps => Done(steps) == 1)).GetProperty("ladder");

        Assert.Equal(("payment-failed", "portal"), (Text(ladder, "cause"), Text(ladder, "pay")));
        var since = ladder.GetProperty("since").GetDateTimeOffset();
        Assert.Equal(
            ["reminder 0", "reminder 3", "reminder 6", "suspended 7", "final-backup 37", "deleted 37"],
            ladder.GetProperty("steps").EnumerateArray().Select(step => $"{Text(step, "kind")} {(step.GetProperty("at").GetDateTimeOffset() - since).Days}"));
        Assert.Equal("reminder", Text(Assert.Single(await shop.RecordedAsync(id, "dunning")), "step"));
        Assert.Equal("running", (await shop.Owner.GetAsync($"deployments/{id}")).GetProperty("status").GetString());

        await shop.PayOpenAsync(subscription);
        await Shop.UntilAsync(() => shop.BillingAsync(id), billing => billing.GetProperty("ladder").ValueKind is JsonValueKind.Null);
    }

    [Fact]
    public async Task Each_step_is_told_by_mail_once_however_often_it_is_looked_at()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.ChangeAsync(id, now => now.To(DeploymentStatus.Suspended));
        await shop.FailRenewalAsync(subscription);
        await LadderAsync(shop, id, steps => Done(steps) == 1);
        Assert.Contains(
            "it is stopped", (await LetterAsync(shop, "The payment for your bot failed: Canary Name")).TextBody!, StringComparison.Ordinal);

        await DueAsync(shop, id, LadderStepKind.Suspended);
        await TellAsync(shop, id, subscription);
        await LadderAsync(shop, id, steps => Done(steps) == 4);
        await LetterAsync(shop, "Your bot was stopped: Canary Name");
        var before = await StoredAsync(shop, id);
        var notices = api.Service<Notices>();
        foreach (var step in before.Ladder!.Steps.Where(step => step.DoneAt is not null))
        {
            await notices.TellAsync(before, step, Ct);
        }

        await shop.PayOpenAsync(subscription);
        await LetterAsync(shop, "Thank you: all is paid: Canary Name");
        var told = (await api.LettersAsync(await MailboxAsync(shop)))
            .Where(letter => letter.Subject!.EndsWith("Canary Name", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, told.Count);
        Assert.Equal(5, told.Select(letter => letter.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task What_can_be_computed_is_not_kept_with_the_ladder()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.FailRenewalAsync(subscription);
        await LadderAsync(shop, id, steps => Done(steps) == 1);

        var row = await api.StorageTables.GetTableClient("deployments").GetEntityAsync<TableEntity>(shop.Owner.Account, id);
        var kept = JsonElement.Parse(row.Value.GetString("ladder")).EnumerateObject().Select(one => one.Name);
        Assert.Equal(["cause", "since", "steps", "resumes", "isOver"], kept);
    }

    [Fact]
    public async Task Nothing_starts_a_bot_that_is_held_until_it_is_paid()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.FailRenewalAsync(subscription);
        await LadderAsync(shop, id, steps => Done(steps) == 1);
        await HoldAsync(shop, id);

        foreach (var verb in (string[])["resume", "restart"])
        {
            var (status, _) = await shop.PostAsync($"deployments/{id}/{verb}", new { });
            Assert.Equal(409, status);
        }

        var bot = await shop.Owner.GetAsync($"deployments/{id}");
        var resume = bot.GetProperty("can").EnumerateArray().Single(one => Text(one, "action") == "resume");
        Assert.Contains("not paid for", Text(resume, "why"), StringComparison.Ordinal);
        Assert.True(BillingTests.Can(bot, "delete"));

        await shop.PayOpenAsync(subscription);
        await shop.SeesAsync(id, "active");

        // It is to run again: there is no machine here that could, but it is begun, by the payment.
        await Shop.UntilAsync(async () => await OperationsAsync(shop, id), kinds => kinds.Contains("resume"));
    }

    [Fact]
    public async Task A_bot_that_its_owner_had_stopped_stays_stopped_when_it_is_paid_again()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.ChangeAsync(id, now => now.To(DeploymentStatus.Suspended));
        await shop.FailRenewalAsync(subscription);
        await LadderAsync(shop, id, steps => Done(steps) == 1);
        await DueAsync(shop, id, LadderStepKind.Suspended);
        await TellAsync(shop, id, subscription);
        await LadderAsync(shop, id, steps => Done(steps) == 4);

        await shop.PayOpenAsync(subscription);
        await Shop.UntilAsync(() => shop.BillingAsync(id), billing => billing.GetProperty("ladder").ValueKind is JsonValueKind.Null);
        await Shop.UntilAsync(() => StoredAsync(shop, id), now => now.Ladder is null);

        Assert.Equal("suspended", (await shop.Owner.GetAsync($"deployments/{id}")).GetProperty("status").GetString());
        Assert.Empty(await OperationsAsync(shop, id));
        Assert.True(BillingTests.Can(await shop.Owner.GetAsync($"deployments/{id}"), "resume"));
    }

    [Fact]
    public async Task A_subscription_that_has_ended_can_be_bought_again_and_what_was_paid_for_the_first_stays_paid()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, first) = await shop.RunningAsync();
        await shop.ChangeAsync(id, now => now.To(DeploymentStatus.Suspended));
        await new SubscriptionService(api.Stripe).CancelAsync(first);
        var ended = (await LadderAsync(shop, id, steps => Done(steps) == 1)).GetProperty("ladder");
        Assert.Equal(("ended", "checkout"), (Text(ended, "cause"), Text(ended, "pay")));
        Assert.True(BillingTests.Can(await shop.Owner.GetAsync($"deployments/{id}"), "pay"));

        var second = await shop.PayAsync(await shop.PageAsync(id));
        var billing = await shop.SeesAsync(id, "active");
        await Shop.UntilAsync(() => StoredAsync(shop, id), now => now.Ladder is null);
        await shop.DueAsync(id);
        await api.FireAsync("ReconcileBilling");
        await shop.DueAsync(id);
        await api.FireAsync("ReconcileBilling");
        await Task.Delay(500);

        Assert.Equal(JsonValueKind.Null, billing.GetProperty("ladder").ValueKind);
        var now = await StoredAsync(shop, id);
        Assert.Equal((second, first), (now.Subscription, Assert.Single(now.FormerSubscriptions)));
        Assert.Equal(("active", "canceled"), (await shop.StatusAsync(second), await shop.StatusAsync(first)));
        Assert.Empty(await shop.RefundsAsync(first));
        Assert.Empty(await shop.RefundsAsync(second));
    }

    [Fact]
    public async Task A_bot_whose_subscription_ended_unheard_is_found_and_put_on_the_ladder()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.ChangeAsync(id, now => now.To(DeploymentStatus.Suspended));
        await shop.WebhooksAsync(enabled: false);
        try
        {
            await new SubscriptionService(api.Stripe).CancelAsync(subscription);
            await api.Service<Subscriptions>().AskAsync(shop.Owner.Account, id, subscription, Ct);
            await api.Service<BillingWatches>().ChangeAsync(shop.Owner.Account, id, _ => null, Ct);
            await Shop.UntilAsync(
                async () =>
                {
                    await api.FireAsync("WatchSubscriptions");
                    await api.FireAsync("ReconcileBilling");
                    return await shop.BillingAsync(id);
                },
                billing => billing.GetProperty("ladder").ValueKind is JsonValueKind.Object);
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }
    }

    [Fact]
    public async Task What_is_at_the_provider_and_here_is_held_against_each_other_as_a_whole()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        var (other, _) = await shop.RunningAsync();
        foreach (var one in (string[])[id, other])
        {
            await shop.LookAsync(() => WatchAsync(shop, one), watch => watch!.DueAt > DateTimeOffset.UtcNow + TimeSpan.FromMinutes(10));
        }

        await shop.WebhooksAsync(enabled: false);
        try
        {
            await new SubscriptionService(api.Stripe).UpdateAsync(subscription, new() { CancelAtPeriodEnd = true });
            var before = (await WatchAsync(shop, other))!.DueAt;

            var swept = await api.Service<SubscriptionSweep>().RunAsync(Ct);

            Assert.True(swept is { Seen: >= 2, Differing: >= 1 });
            Assert.Equal(before, (await WatchAsync(shop, other))!.DueAt);
            // Nothing else would have it looked at within the hour.
            await shop.LookAsync(() => shop.BillingAsync(id), billing => billing.GetProperty("cancelAtPeriodEnd").GetBoolean());
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }
    }

    [Fact]
    public async Task A_contested_payment_is_recorded_shown_and_paged_and_holds_the_bot_until_it_is_won()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.ChangeAsync(id, now => now.To(DeploymentStatus.Suspended));
        var customer = (await new SubscriptionService(api.Stripe).GetAsync(subscription)).CustomerId;
        var card = await new PaymentMethodService(api.Stripe).AttachAsync("pm_card_createDispute", new() { Customer = customer });
        await new SubscriptionService(api.Stripe).UpdateAsync(subscription, new() { DefaultPaymentMethod = card.Id });
        var renewal = new SubscriptionUpdateOptions();
        renewal.AddExtraParam("billing_cycle_anchor", "now");
        await new SubscriptionService(api.Stripe).UpdateAsync(subscription, renewal);

        var billing = await Shop.UntilAsync(
            () => shop.BillingAsync(id), seen => seen.GetProperty("ladder").ValueKind is JsonValueKind.Object);

        Assert.Equal(("disputed", "none"), (Text(billing.GetProperty("ladder"), "cause"), Text(billing.GetProperty("ladder"), "pay")));
        var dispute = billing.GetProperty("dispute");
        Assert.Equal((1900, "needs_response"), (dispute.GetProperty("amount").GetInt64(), Text(dispute, "status")));
        Assert.Single(await shop.RecordedAsync(id, "dispute"));
        await LetterAsync(shop, "A payment is contested: your bot");
        Assert.NotNull(await PageAsync(id, PageKind.DisputeOpened));

        await new DisputeService(api.Stripe).UpdateAsync(
            Text(dispute, "id"), new() { Evidence = new() { UncategorizedText = "winning_evidence" }, Submit = true });
        await Shop.UntilAsync(() => StoredAsync(shop, id), now => now.Ladder is null);
        await Shop.UntilAsync(() => PageAsync(id, PageKind.DisputeOpened), page => page is null);
    }

    private static async Task<JsonElement> LadderAsync(Shop shop, string id, Func<JsonElement, bool> enough) => await Shop.UntilAsync(
        () => shop.BillingAsync(id),
        billing => billing.GetProperty("ladder") is { ValueKind: JsonValueKind.Object } ladder && enough(ladder.GetProperty("steps")));

    private static int Done(JsonElement steps) =>
        steps.EnumerateArray().Count(step => step.GetProperty("doneAt").ValueKind is not JsonValueKind.Null);

    private Task<BillingWatch?> WatchAsync(Shop shop, string id) => api.Service<BillingWatches>().FindAsync(shop.Owner.Account, id, Ct);

    private Task<Deployment> StoredAsync(Shop shop, string id) => api.Service<DeploymentStore>().GetAsync(shop.Owner.Account, id, Ct);

    /// <summary>As the ladder leaves it when it has stopped the bot.</summary>
    private static Task<Deployment> HoldAsync(Shop shop, string id) => shop.ChangeAsync(
        id, now => now.To(DeploymentStatus.Suspended) with { Ladder = now.Ladder! with { Resumes = true } });

    /// <summary>All steps up to that one are due.</summary>
    private static Task<Deployment> DueAsync(Shop shop, string id, LadderStepKind until) => shop.ChangeAsync(id, now => now with
    {
        Ladder = now.Ladder! with
        {
            Steps = [.. now.Ladder.Steps.Select(step => step.Kind <= until && step.DoneAt is null ? step with { At = DateTimeOffset.UtcNow } : step)],
        },
    });

    /// <summary>An event, which has the ladder looked at.</summary>
    private static Task<int> TellAsync(Shop shop, string id, string subscription) => shop.TellAsync(
        "customer.subscription.updated",
        new { id = subscription, @object = "subscription", metadata = new { account = shop.Owner.Account, deployment = id } });

    private static async Task<IReadOnlyList<string>> OperationsAsync(Shop shop, string id) =>
    [
        .. (await shop.Owner.GetAsync($"deployments/{id}/operations")).GetProperty("operations").EnumerateArray().Select(one => Text(one, "kind")),
    ];

    private async Task<Page?> PageAsync(string id, PageKind kind) =>
        (await api.Service<Pager>().OpenAsync(Ct)).FirstOrDefault(page => page.Subject == id && page.Kind == kind && page.ResolvedAt is null);

    private async Task<string> MailboxAsync(Shop shop) => (await api.Service<AccountStore>().FindAsync(shop.Owner.Account, Ct))!.Email;

    private async Task<MimeMessage> LetterAsync(Shop shop, string subject) => await api.LetterAsync(await MailboxAsync(shop), subject);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
