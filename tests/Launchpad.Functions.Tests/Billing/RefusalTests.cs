using System.Security.Cryptography;
using System.Text;
using Launchpad.Functions.Tests.Api;
using Launchpad.Local.Faults;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Health;
using Stripe;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>What the payment provider refuses for good is told as that, and what passes is waited for. A key that was used for something
/// else is a refusal that anybody can bring about.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class RefusalTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task A_checkout_that_is_refused_is_502_and_one_that_may_succeed_later_is_503()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var email = (await api.Service<AccountStore>().FindAsync(shop.Owner.Account, Ct))!.Email;
        api.Faults.Set(1, [new FaultRule("stripe", FaultKind.FailBefore, "POST", "/v1/customers$")]);
        var passing = await shop.CheckOutAsync(id);
        api.Faults.Clear();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(email)).AsSpan(0, 16));
        await BurnAsync($"customer-{shop.Owner.Account}-{hash}");
        var refused = await shop.CheckOutAsync(id);

        Assert.Equal((503, "urn:launchpad:problem:unavailable"), (passing.Status, passing.Body.GetProperty("type").GetString()));
        Assert.Equal((502, "urn:launchpad:problem:payment-refused"), (refused.Status, refused.Body.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_refund_that_is_refused_is_recorded_and_a_person_is_called()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var stray = await shop.StrayPageAsync(id);
        await shop.ChangeAsync(id, now => now with { Plan = "ancient" });
        string subscription;
        await shop.WebhooksAsync(enabled: false);
        try
        {
            subscription = await shop.PayAsync(stray);
        }
        finally
        {
            await shop.WebhooksAsync(enabled: true);
        }

        var invoice = (await new InvoiceService(api.Stripe).ListAsync(new() { Subscription = subscription })).Single();
        await BurnAsync($"refund-{(await new InvoicePaymentService(api.Stripe).ListAsync(new() { Invoice = invoice.Id })).Single().Id}");
        var about = new { id = subscription, @object = "subscription" };
        Assert.Equal(200, await shop.TellAsync("customer.subscription.updated", about));
        Assert.Equal(200, await shop.TellAsync("customer.subscription.updated", about));

        Assert.Equal("canceled", await shop.StatusAsync(subscription));
        Assert.Single(await shop.RecordedAsync(id, "refund-refused"));
        Assert.Empty(await shop.RecordedAsync(id, "refunded"));
        var page = Assert.Single(await api.Service<Pager>().OpenAsync(Ct), page => page.Subject == id);
        Assert.Equal(PageKind.RefundRefused, page.Kind);
        Assert.Contains(subscription, page.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_order_that_cannot_be_looked_into_keeps_no_other_waiting()
    {
        using var shop = await Shop.OpenAsync(api);
        var (stuck, other) = (await shop.Owner.OrderAsync(), await shop.Owner.OrderAsync());
        string[] pages = [await shop.PageAsync(stuck), await shop.PageAsync(other)];
        api.Faults.Set(1, [new FaultRule("stripe", FaultKind.FailBefore, "GET", $"/v1/checkout/sessions/{pages[0]}$")]);
        await shop.WebhooksAsync(enabled: false);
        try
        {
            foreach (var page in pages)
            {
                Assert.Equal(303, await api.PayAsync(page));
            }

            await shop.LookAsync(() => shop.BillingAsync(other), seen => seen.GetProperty("state").GetString() == "active");
            Assert.Equal("unpaid", (await shop.BillingAsync(stuck)).GetProperty("state").GetString());
            api.Faults.Clear();
            await shop.LookAsync(() => shop.BillingAsync(stuck), seen => seen.GetProperty("state").GetString() == "active");
        }
        finally
        {
            api.Faults.Clear();
            await shop.WebhooksAsync(enabled: true);
        }
    }

    private async Task BurnAsync(string key) =>
        await new ProductService(api.Stripe).CreateAsync(new() { Name = "Something else" }, new RequestOptions { IdempotencyKey = key });
}
