using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Stripe;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>What an account pays for: seen, looked ahead at, ended and kept.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class BillingTests(LaunchpadApi api)
{
    [Fact]
    public async Task An_account_sees_what_it_pays_for_and_what_is_charged_next()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, _) = await shop.RunningAsync();
        var unpaid = await shop.Owner.OrderAsync();

        var bots = (await shop.Owner.GetAsync("billing")).GetProperty("bots").EnumerateArray().ToList();

        Assert.Equal([id, unpaid], bots.Select(bot => bot.GetProperty("deployment").GetString()));
        Assert.Equal((1900, "usd"), (bots[0].GetProperty("monthlyCents").GetInt64(), bots[0].GetProperty("currency").GetString()));
        var billing = bots[0].GetProperty("billing");
        var charge = billing.GetProperty("nextCharge");
        Assert.Equal(billing.GetProperty("periodEnd").GetDateTimeOffset(), charge.GetProperty("at").GetDateTimeOffset());
        Assert.Equal((1900, "usd"), (charge.GetProperty("amount").GetInt64(), charge.GetProperty("currency").GetString()));
        Assert.Equal(JsonValueKind.Null, bots[1].GetProperty("billing").GetProperty("nextCharge").ValueKind);
        Assert.Equal((false, true), (Can(await shop.Owner.GetAsync($"deployments/{id}"), "pay"), Can(await shop.Owner.GetAsync($"deployments/{unpaid}"), "pay")));
    }

    [Fact]
    public async Task A_subscription_is_ended_with_its_period_and_kept_again_by_its_owner()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();

        foreach (var _ in (int[])[1, 2])
        {
            var (status, ending) = await shop.PostAsync("billing/cancel", new { deployment = id });
            Assert.Equal((200, true), (status, ending.GetProperty("cancelAtPeriodEnd").GetBoolean()));
            Assert.Equal(JsonValueKind.Null, ending.GetProperty("nextCharge").ValueKind);
            Assert.Equal(
                ending.GetProperty("periodEnd").GetDateTimeOffset().AddDays(30), ending.GetProperty("keptUntil").GetDateTimeOffset());
        }

        Assert.True((await new SubscriptionService(api.Stripe).GetAsync(subscription)).CancelAtPeriodEnd);
        var bot = await shop.Owner.GetAsync($"deployments/{id}");
        Assert.Equal((false, true, "running"), (Can(bot, "cancelSubscription"), Can(bot, "keepSubscription"), bot.GetProperty("status").GetString()));

        var (kept, again) = await shop.PostAsync("billing/uncancel", new { deployment = id });
        Assert.Equal((200, false), (kept, again.GetProperty("cancelAtPeriodEnd").GetBoolean()));
        Assert.False((await new SubscriptionService(api.Stripe).GetAsync(subscription)).CancelAtPeriodEnd);
        Assert.Single(await shop.RecordedAsync(id, "keep-subscription"));

        Assert.Equal(409, (await shop.PostAsync("billing/cancel", new { deployment = await shop.Owner.OrderAsync() })).Status);
        Assert.Equal(404, (await shop.PostAsync("billing/cancel", new { deployment = "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV" })).Status);
    }

    [Fact]
    public async Task Invoices_are_listed_newest_first_and_lead_to_the_providers_pages()
    {
        using var shop = await Shop.OpenAsync(api);
        Assert.Empty((await shop.Owner.GetAsync("billing/invoices")).GetProperty("invoices").EnumerateArray());
        var (id, subscription) = await shop.RunningAsync();
        await shop.FailRenewalAsync(subscription);

        var page = await shop.Owner.GetAsync("billing/invoices");

        var invoices = page.GetProperty("invoices").EnumerateArray().ToList();
        Assert.Equal(["open", "paid"], invoices.Select(one => one.GetProperty("status").GetString()));
        Assert.All(invoices, one => Assert.Equal(
            (id, "Canary Name", 1900, "usd"),
            (one.GetProperty("deployment").GetString(), one.GetProperty("deploymentName").GetString(), one.GetProperty("amountDue").GetInt64(),
                one.GetProperty("currency").GetString())));
        Assert.Equal((0, 1900), (invoices[0].GetProperty("amountPaid").GetInt64(), invoices[1].GetProperty("amountPaid").GetInt64()));
        Assert.True(invoices[0].GetProperty("nextAttemptAt").GetDateTimeOffset() > DateTimeOffset.UtcNow);
        using var http = new HttpClient();
        Assert.Contains("Pay $19.00", await http.GetStringAsync(new Uri(invoices[0].GetProperty("hostedUrl").GetString()!)), StringComparison.Ordinal);
        Assert.StartsWith("%PDF-", await http.GetStringAsync(new Uri(invoices[1].GetProperty("pdfUrl").GetString()!)), StringComparison.Ordinal);

        var (wrong, _) = await shop.Owner.AskAsync("billing/invoices?cursor=in_none");
        Assert.Equal(400, wrong);
        using var other = await Shop.OpenAsync(api);
        Assert.Empty((await other.Owner.GetAsync("billing/invoices")).GetProperty("invoices").EnumerateArray());
    }

    [Fact]
    public async Task What_was_paid_with_what_was_credited_before_was_paid_and_goes_back_there()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var page = await shop.PageAsync(id);
        var customer = (await new Stripe.Checkout.SessionService(api.Stripe).GetAsync(page)).CustomerId;
        await new CustomerBalanceTransactionService(api.Stripe).CreateAsync(customer, new() { Amount = -1900, Currency = "usd" });
        await shop.ChangeAsync(
            id, now => now with { Status = DeploymentStatus.Running, ActiveVersion = 1, LastKnownGood = 1, Vm = "vm_none" });
        var subscription = await shop.PayAsync(page);
        await shop.SeesAsync(id, "active");
        Assert.Equal(0, (await new CustomerService(api.Stripe).GetAsync(customer)).Balance);

        var month = DateTimeOffset.UtcNow.ToString("yyyy-MM", null);
        var line = Assert.Single((await shop.Owner.GetAsync($"billing/statements?month={month}")).GetProperty("bots").EnumerateArray());
        Assert.Equal(1900, line.GetProperty("chargedCents").GetInt64());

        var (account, deployments) = (shop.Owner.Account, api.Service<DeploymentStore>());
        for (var times = 0; times < 2; times++)
        {
            // As of an order that never ran.
            var unused = (await deployments.GetAsync(account, id, CancellationToken.None)) with { ActiveVersion = null };
            await api.Service<FinalSettlement>().SettleAsync(unused, DateTimeOffset.UtcNow, CancellationToken.None);
        }

        Assert.Equal(-1900, (await new CustomerService(api.Stripe).GetAsync(customer)).Balance);
        Assert.Empty(await shop.RefundsAsync(subscription));
        Assert.Equal(1900, Assert.Single(await shop.RecordedAsync(id, "refunded")).GetProperty("amount").GetInt64());
    }

    [Fact]
    public async Task A_change_of_plan_is_billed_as_its_preview_said()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        var asItIs = await shop.Owner.GetAsync($"deployments/{id}/invoice-preview");
        Assert.Equal((1900, 0), (asItIs.GetProperty("total").GetInt64(), asItIs.GetProperty("proration").GetInt64()));

        var preview = await shop.Owner.GetAsync($"deployments/{id}/invoice-preview?plan=plus");
        Assert.Equal(3900 + preview.GetProperty("proration").GetInt64(), preview.GetProperty("total").GetInt64());
        Assert.InRange(preview.GetProperty("proration").GetInt64(), 1900, 2000);
        Assert.Equal(3, preview.GetProperty("lines").GetArrayLength());
        Assert.Equal(1900, (await shop.Owner.GetAsync($"deployments/{id}/invoice-preview")).GetProperty("total").GetInt64());

        await api.Service<Launchpad.Shared.Billing.StripeGateway>().ChangePlanAsync(
            subscription, Launchpad.Shared.Billing.PlanPrice.Of(Launchpad.Shared.Plans.Plan.Get("plus")), default);
        var changed = await shop.Owner.GetAsync($"deployments/{id}/invoice-preview");
        Assert.InRange(changed.GetProperty("total").GetInt64(), preview.GetProperty("total").GetInt64() - 5, preview.GetProperty("total").GetInt64());

        Assert.Equal(400, (await shop.Owner.AskAsync($"deployments/{id}/invoice-preview?plan=none")).Status);
        Assert.Equal(409, (await shop.Owner.AskAsync($"deployments/{await shop.Owner.OrderAsync()}/invoice-preview")).Status);
        await new SubscriptionService(api.Stripe).UpdateAsync(subscription, new() { CancelAtPeriodEnd = true });
        await new SubscriptionService(api.Stripe).CancelAsync(subscription);
        Assert.Equal(409, (await shop.Owner.AskAsync($"deployments/{id}/invoice-preview")).Status);
    }

    [Fact]
    public async Task A_statement_holds_what_was_paid_against_what_was_had()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, _) = await shop.RunningAsync();
        var month = DateTimeOffset.UtcNow.ToString("yyyy-MM", null);

        var line = Assert.Single((await shop.Owner.GetAsync($"billing/statements?month={month}")).GetProperty("bots").EnumerateArray());

        Assert.Equal((id, 1900, true), (line.GetProperty("deployment").GetString(), line.GetProperty("chargedCents").GetInt64(), line.GetProperty("agrees").GetBoolean()));
        Assert.Equal(400, (await shop.Owner.AskAsync("billing/statements?month=march")).Status);
    }

    [Fact]
    public async Task The_portal_takes_another_card_which_pays_what_is_open()
    {
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        await shop.FailRenewalAsync(subscription);
        await shop.SeesAsync(id, "past-due");

        var (status, portal) = await shop.PostAsync("billing/portal");
        Assert.Equal(201, status);
        using var browser = new HttpClient();
        var url = new Uri(portal.GetProperty("url").GetString()!);
        Assert.Contains("/billing", await browser.GetStringAsync(url), StringComparison.Ordinal);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["cardNumber"] = "4242 4242 4242 4242",
            ["cardExpiry"] = "12 / 34",
            ["cardCvc"] = "123",
        });
        using var used = await browser.PostAsync(url, form);

        Assert.True(used.IsSuccessStatusCode);
        await shop.SeesAsync(id, "active");
    }

    internal static bool Can(JsonElement deployment, string action) => deployment.GetProperty("can").EnumerateArray()
        .Single(one => one.GetProperty("action").GetString() == action).GetProperty("allowed").GetBoolean();
}
