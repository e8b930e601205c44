using System.Net;
using Launchpad.Shared.Billing;
using Stripe;
using PortalSessions = Stripe.BillingPortal.SessionService;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>What a customer does on the provider's own pages, and what is billed and previewed, by the official client.</summary>
public sealed class HostedPageTests : IAsyncLifetime, IDisposable
{
    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Fact]
    public async Task A_preview_is_the_invoice_that_comes_and_changes_nothing()
    {
        var subscription = await _stack.BuyAsync();
        var invoices = new InvoiceService(_stack.Sdk);
        var known = await new SubscriptionService(_stack.Sdk).GetAsync(subscription);
        var plus = await PriceAsync(3900);

        _stack.Time.Advance(TimeSpan.FromDays(10));
        var item = new InvoiceSubscriptionDetailsItemOptions { Id = known.Items.Data[0].Id, Price = plus };
        var preview = await invoices.CreatePreviewAsync(new()
        {
            Subscription = subscription,
            SubscriptionDetails = new() { Items = [item], ProrationBehavior = "create_prorations" },
        });

        Assert.Equal(("draft", 3), (preview.Status, preview.Lines.Data.Count));
        Assert.Equal(2, preview.Lines.Data.Count(line => line.Parent.SubscriptionItemDetails.Proration));
        Assert.Single(await invoices.ListAsync(new() { Subscription = subscription }));
        Assert.Equal(1900, (await invoices.CreatePreviewAsync(new() { Subscription = subscription })).Total);

        await new SubscriptionService(_stack.Sdk).UpdateAsync(
            subscription, new() { Items = [new() { Id = known.Items.Data[0].Id, Price = plus }], ProrationBehavior = "create_prorations" });
        var billed = (await _stack.RenewAsync(subscription)).GetProperty("total").GetInt64();
        Assert.InRange(billed, preview.Total - 1, preview.Total + 1);
    }

    [Fact]
    public async Task What_ends_has_no_next_invoice()
    {
        var subscription = await _stack.BuyAsync();
        await new SubscriptionService(_stack.Sdk).UpdateAsync(subscription, new() { CancelAtPeriodEnd = true });

        var none = await Assert.ThrowsAsync<StripeException>(
            () => new InvoiceService(_stack.Sdk).CreatePreviewAsync(new() { Subscription = subscription }));

        Assert.Equal((HttpStatusCode.NotFound, "invoice_upcoming_none"), (none.HttpStatusCode, none.StripeError.Code));
    }

    [Fact]
    public async Task An_open_invoice_is_paid_on_its_page()
    {
        var subscription = await _stack.BuyAsync();
        var customer = await _stack.CustomerAsync(subscription);
        await FailRenewalAsync(subscription, customer);
        var open = (await new InvoiceService(_stack.Sdk).ListAsync(new() { Subscription = subscription, Status = "open" })).Data.Single();
        Assert.Contains("Pay $19.00", await _stack.Client.GetStringAsync(new Uri(open.HostedInvoiceUrl)), StringComparison.Ordinal);

        using var refused = await _stack.Client.PostAsync(new Uri(open.HostedInvoiceUrl), null);
        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        var card = await new PaymentMethodService(_stack.Sdk).AttachAsync("pm_card_visa", new() { Customer = customer });
        await new SubscriptionService(_stack.Sdk).UpdateAsync(subscription, new() { DefaultPaymentMethod = card.Id });
        using var paid = await _stack.Client.PostAsync(new Uri(open.HostedInvoiceUrl), null);

        Assert.Equal(HttpStatusCode.OK, paid.StatusCode);
        Assert.Equal("paid", (await new InvoiceService(_stack.Sdk).GetAsync(open.Id)).Status);
        Assert.StartsWith("%PDF-1.4", await _stack.Client.GetStringAsync(new Uri(open.InvoicePdf)), StringComparison.Ordinal);
        using var unknown = await _stack.Client.GetAsync(new Uri("/i/test_nobody", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task The_portal_changes_the_card_of_every_subscription_and_pays_what_is_open()
    {
        var subscription = await _stack.BuyAsync();
        var customer = await _stack.CustomerAsync(subscription);
        await FailRenewalAsync(subscription, customer);
        var session = await new PortalSessions(_stack.Sdk).CreateAsync(new() { Customer = customer, ReturnUrl = "https://shop.example/billing" });

        using var refused = await UseAsync(session.Url, "4000 0000 0000 0002");
        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        using var wrong = await UseAsync(session.Url, "4242");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using var used = await UseAsync(session.Url, "4242 4242 4242 4242");

        Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        Assert.Contains("https://shop.example/billing", await used.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("active", (await new SubscriptionService(_stack.Sdk).GetAsync(subscription)).Status);
    }

    [Fact]
    public async Task A_card_that_contests_opens_a_dispute_that_evidence_decides()
    {
        var order = StripeStack.Order();
        var link = await _stack.CheckOutAsync(order);
        using var paid = await _stack.PayAsync(link.SessionId, "4000 0000 0000 0259");
        var heard = await _stack.Merchant.NextAsync("charge.dispute.created");

        var read = await _stack.Webhooks.ReadAsync(heard.Body, heard.Signature, default);

        Assert.Equal((order.Account, order.Deployment), (read.Account, read.Deployment));
        Assert.True(read.Dispute is { State: { Status: "needs_response", Amount: 1900, IsOpen: true } });
        await new DisputeService(_stack.Sdk).UpdateAsync(
            read.Dispute.State.Id, new() { Evidence = new() { UncategorizedText = "winning_evidence" }, Submit = true });
        var closed = await _stack.Merchant.NextAsync("charge.dispute.closed");
        var won = await _stack.Webhooks.ReadAsync(closed.Body, closed.Signature, default);
        Assert.True(won.Dispute is { State: { Status: "won", IsOpen: false } });
        Assert.Equal("won", Assert.Single(await new StripeDisputes(_stack.Connection, _stack.Time).NewestAsync(default)).State.Status);
    }

    private Task<HttpResponseMessage> UseAsync(string portal, string card) => _stack.Client.PostAsync(
        new Uri(portal), new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["cardNumber"] = card,
            ["cardExpiry"] = "12 / 34",
            ["cardCvc"] = "123",
        }));

    private async Task FailRenewalAsync(string subscription, string customer)
    {
        var card = await new PaymentMethodService(_stack.Sdk).AttachAsync("pm_card_chargeCustomerFail", new() { Customer = customer });
        await new SubscriptionService(_stack.Sdk).UpdateAsync(subscription, new() { DefaultPaymentMethod = card.Id });
        await _stack.PostAsync($"/v1/subscriptions/{subscription}", ("billing_cycle_anchor", "now"));
    }

    private async Task<string> PriceAsync(long cents) => (await new PriceService(_stack.Sdk).CreateAsync(new()
    {
        Currency = "usd",
        UnitAmount = cents,
        Recurring = new() { Interval = "month" },
        ProductData = new() { Name = "Launchpad Plus" },
    })).Id;
}
