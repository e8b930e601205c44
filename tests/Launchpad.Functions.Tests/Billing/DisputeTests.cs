using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Stripe;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>Contested payments: all of one bot's together say what becomes of it.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class DisputeTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task What_the_bank_took_back_is_charged_no_more_and_says_so()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.ChangeAsync(id, now => now.To(DeploymentStatus.Suspended));
        await ContestAsync(subscription);
        var contested = await Shop.UntilAsync(() => shop.BillingAsync(id), billing => billing.GetProperty("dispute").ValueKind is JsonValueKind.Object);
        Assert.Equal("What was paid for it is contested at your bank. If the bank takes it back, it ends with its period.", Text(contested, "reason"));

        await new DisputeService(api.Stripe).CloseAsync(Text(contested.GetProperty("dispute"), "id"));

        var ending = await Shop.UntilAsync(() => shop.BillingAsync(id), billing => billing.GetProperty("cancelAtPeriodEnd").GetBoolean());
        Assert.True((await new SubscriptionService(api.Stripe).GetAsync(subscription)).CancelAtPeriodEnd);
        Assert.Equal(
            $"Your bank took back what was paid for it, so it ends on {ending.GetProperty("periodEnd").GetDateTimeOffset():u}. Nothing more is charged.",
            Text(ending, "reason"));
        Assert.Equal(("lost", JsonValueKind.Null), (Text(ending.GetProperty("dispute"), "status"), ending.GetProperty("nextCharge").ValueKind));
        Assert.Null(await PageAsync(id));
        Assert.Equal(409, (await shop.PostAsync("billing/uncancel", new { deployment = id })).Status);
        Assert.False(BillingTests.Can(await shop.Owner.GetAsync($"deployments/{id}"), "keepSubscription"));
        var mailbox = (await api.Service<AccountStore>().FindAsync(shop.Owner.Account, Ct))!.Email;
        await Shop.UntilAsync(
            () => api.LettersAsync(mailbox), letters => letters.Any(one => one.TextBody?.Contains("Your bank took back", StringComparison.Ordinal) == true));

        await new SubscriptionService(api.Stripe).CancelAsync(subscription);
        await Shop.UntilAsync(() => StoredAsync(shop, id), now => now.Ladder is { Cause: LadderCause.Ended });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Of_two_the_one_that_is_undecided_counts_whichever_is_the_newer(int first)
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.ChangeAsync(id, now => now.To(DeploymentStatus.Suspended));
        await ContestAsync(subscription);
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        await ContestAsync(subscription);
        var disputes = (await Shop.UntilAsync(() => KeptAsync(shop, subscription), kept => kept.Count == 2)).OrderBy(one => one.Since).ToList();
        await Shop.UntilAsync(() => StoredAsync(shop, id), now => now.Ladder is { Cause: LadderCause.Disputed });

        await WinAsync(disputes[first].Id);
        await Shop.UntilAsync(() => KeptAsync(shop, subscription), kept => kept.Any(one => one.Status == "won"));
        await api.FireAsync("LookForDisputes");
        await Task.Delay(TimeSpan.FromSeconds(1));

        Assert.NotNull(await PageAsync(id));
        Assert.True((await StoredAsync(shop, id)).Ladder is { Cause: LadderCause.Disputed, IsOver: false });
        Assert.Equal(disputes[1 - first].Id, Text((await shop.BillingAsync(id)).GetProperty("dispute"), "id"));

        await WinAsync(disputes[1 - first].Id);
        await Shop.UntilAsync(() => StoredAsync(shop, id), now => now.Ladder is null);
        await Shop.UntilAsync(() => PageAsync(id), page => page is null);
    }

    /// <summary>A renewal that is charged at once, to a card whose owner contests it.</summary>
    private async Task ContestAsync(string subscription)
    {
        var service = new SubscriptionService(api.Stripe);
        var customer = (await service.GetAsync(subscription)).CustomerId;
        var card = await new PaymentMethodService(api.Stripe).AttachAsync("pm_card_createDispute", new() { Customer = customer });
        var renewal = new SubscriptionUpdateOptions { DefaultPaymentMethod = card.Id };
        renewal.AddExtraParam("billing_cycle_anchor", "now");
        await service.UpdateAsync(subscription, renewal);
    }

    private Task<Dispute> WinAsync(string dispute) => new DisputeService(api.Stripe).UpdateAsync(
        dispute, new() { Evidence = new() { UncategorizedText = "winning_evidence" }, Submit = true });

    private async Task<IReadOnlyList<DisputeState>> KeptAsync(Shop shop, string subscription) =>
        (await api.Service<SubscriptionStore>().FindAsync(shop.Owner.Account, subscription, Ct))!.Disputes;

    private Task<Deployment> StoredAsync(Shop shop, string id) => api.Service<DeploymentStore>().GetAsync(shop.Owner.Account, id, Ct);

    private async Task<Page?> PageAsync(string id) => (await api.Service<Pager>().OpenAsync(Ct))
        .FirstOrDefault(page => page.Subject == id && page.Kind is PageKind.DisputeOpened && page.ResolvedAt is null);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
