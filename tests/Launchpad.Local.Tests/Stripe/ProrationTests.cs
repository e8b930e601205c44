using System.Text.Json;
using Stripe;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>What any client may ask of a change in the middle of a period, beyond what the product asks.</summary>
public sealed class ProrationTests : IAsyncLifetime, IDisposable
{
    private readonly StripeStack _stack = new();

    public Task InitializeAsync() => _stack.InitializeAsync();

    public Task DisposeAsync() => _stack.DisposeAsync();

    public void Dispose() => _stack.Dispose();

    [Fact]
    public async Task There_and_back_at_the_same_second_cancels_out()
    {
        var subscription = await _stack.BuyAsync();
        var (starter, pro) = ((await _stack.ItemAsync(subscription)).Price.Id, await PriceAsync());
        _stack.Time.Advance(TimeSpan.FromSeconds(1_234_567));
        var second = ("proration_date", $"{_stack.Time.GetUtcNow().ToUnixTimeSeconds()}");

        await ChangeAsync(subscription, ("items[0][price]", pro), second);
        await ChangeAsync(subscription, ("items[0][price]", starter), second);

        var pending = await _stack.PendingAsync(subscription);
        Assert.Equal(4, pending.Count);
        Assert.All(pending, item => Assert.NotEqual(0, item.Number("amount")));
        Assert.Equal(0, pending.Sum(item => item.Number("amount")));
    }

    [Fact]
    public async Task Always_invoice_charges_the_difference_now()
    {
        var subscription = await _stack.BuyAsync();

        await ChangeAsync(subscription, ("items[0][price]", await PriceAsync()), ("proration_behavior", "always_invoice"));

        var invoice = await _stack.LatestInvoiceAsync(subscription);
        Assert.Equal(
            ("subscription_update", "paid", 2000, 2000),
            (invoice.Text("billing_reason"), invoice.Text("status"), invoice.Number("total"), invoice.Number("amount_paid")));
        Assert.All(Lines(invoice), line =>
        {
            var source = line.GetProperty("parent").GetProperty("subscription_item_details");
            Assert.True(source.GetProperty("proration").GetBoolean());
            Assert.StartsWith("ii_", source.Text("invoice_item"), StringComparison.Ordinal);
        });
        var attached = await _stack.GetAsync($"/v1/invoiceitems?invoice={invoice.Text("id")}&pending=false");
        Assert.Equal(2, attached.GetProperty("data").GetArrayLength());
        Assert.Empty(await _stack.PendingAsync(subscription));
        Assert.Equal(3900, (await _stack.RenewAsync(subscription)).Number("total"));
    }

    [Fact]
    public async Task A_difference_that_cannot_be_charged_makes_it_past_due()
    {
        var subscription = await _stack.BuyAsync();
        var card = await _stack.PostAsync(
            "/v1/payment_methods/pm_card_chargeCustomerFail/attach", ("customer", await _stack.CustomerAsync(subscription)));
        await _stack.PostAsync($"/v1/subscriptions/{subscription}", ("default_payment_method", card.Text("id")!));

        var changed = await ChangeAsync(
            subscription, ("items[0][price]", await PriceAsync()), ("proration_behavior", "always_invoice"));

        Assert.Equal("past_due", changed.Text("status"));
        Assert.Equal("open", (await _stack.LatestInvoiceAsync(subscription)).Text("status"));
        Assert.Equal(3900, (await _stack.ItemAsync(subscription)).Price.UnitAmount);
    }

    [Fact]
    public async Task What_is_given_back_is_used_up_by_later_invoices()
    {
        var subscription = await _stack.BuyAsync(StripeStack.Order(cents: 3900));

        await ChangeAsync(subscription, ("items[0][price]", await PriceAsync(500)), ("proration_behavior", "always_invoice"));

        Assert.Equal((-3400, 0, 0, -3400), Account(await _stack.LatestInvoiceAsync(subscription)));
        Assert.Equal(-3400, await BalanceAsync(subscription));
        Assert.Equal((500, -3400, 0, -2900), Account(await _stack.RenewAsync(subscription)));
        await ChangeAsync(subscription, ("items[0][quantity]", "8"), ("proration_behavior", "none"));
        Assert.Equal((4000, -2900, 1100, 0), Account(await _stack.RenewAsync(subscription)));
        Assert.Equal(0, await BalanceAsync(subscription));
    }

    [Fact]
    public async Task What_is_too_little_to_charge_is_added_to_the_next_invoice()
    {
        var subscription = await _stack.BuyAsync();
        var left = (await _stack.ItemAsync(subscription)).CurrentPeriodEnd - _stack.Time.GetUtcNow().UtcDateTime;
        _stack.Time.Advance(left - TimeSpan.FromHours(6));

        await ChangeAsync(subscription, ("items[0][price]", await PriceAsync()), ("proration_behavior", "always_invoice"));

        var (total, _, due, ending) = Account(await _stack.LatestInvoiceAsync(subscription));
        Assert.InRange(total, 10, 20);
        Assert.Equal((0, total), (due, ending));
        Assert.Equal((3900, total, 3900 + total, 0), Account(await _stack.RenewAsync(subscription)));
    }

    [Fact]
    public async Task Without_prorations_only_the_next_period_costs_something_else()
    {
        var subscription = await _stack.BuyAsync();

        await ChangeAsync(subscription, ("items[0][price]", await PriceAsync()), ("proration_behavior", "none"));

        Assert.Empty(await _stack.PendingAsync(subscription));
        Assert.Equal(3900, (await _stack.RenewAsync(subscription)).Number("total"));
    }

    [Fact]
    public async Task A_quantity_is_prorated_as_a_price_is()
    {
        var subscription = await _stack.BuyAsync();

        await ChangeAsync(subscription, ("items[0][quantity]", "3"));

        var pending = await _stack.PendingAsync(subscription);
        Assert.Equal([5700, -1900], pending.Select(item => item.Number("amount")));
        Assert.StartsWith("Remaining time on 3 × Launchpad Starter after ", pending[0].Text("description"), StringComparison.Ordinal);
        Assert.Equal("1900", pending[0].GetProperty("pricing").Text("unit_amount_decimal"));
    }

    [Fact]
    public async Task Another_interval_begins_and_is_charged_at_once()
    {
        var subscription = await _stack.BuyAsync();

        await ChangeAsync(subscription, ("items[0][price]", await PriceAsync(39_000, interval: "year")));

        var invoice = await _stack.LatestInvoiceAsync(subscription);
        Assert.Equal(("subscription_update", "paid"), (invoice.Text("billing_reason"), invoice.Text("status")));
        Assert.Equal([-1900, 39_000], Lines(invoice).Select(line => line.Number("amount")));
        var item = await _stack.ItemAsync(subscription);
        Assert.Equal(item.CurrentPeriodStart.AddYears(1), item.CurrentPeriodEnd);
        Assert.Empty(await _stack.PendingAsync(subscription));
    }

    [Fact]
    public async Task What_is_pending_is_settled_when_the_last_period_ends()
    {
        var subscription = await _stack.BuyAsync();
        await ChangeAsync(subscription, ("items[0][price]", await PriceAsync()), ("cancel_at_period_end", "true"));

        await _stack.PassAsync(TimeSpan.FromDays(32));

        await _stack.Merchant.NextAsync("customer.subscription.deleted", subscription);
        var last = await _stack.LatestInvoiceAsync(subscription);
        Assert.Equal(("subscription_cycle", "paid", 2000), (last.Text("billing_reason"), last.Text("status"), last.Number("total")));
    }

    [Theory]
    [InlineData("items[0][id]", "si_none", "resource_missing", "items[0][id]")]
    [InlineData("items[0][id]", null, null, "items[0][id]")]
    [InlineData("items[0][price]", "price_none", "resource_missing", "items[0][price]")]
    [InlineData("items[0][price]", "inactive", null, "items[0][price]")]
    [InlineData("items[0][price]", "once", null, "items[0][price]")]
    [InlineData("items[0][price]", "eur", null, "items[0][price]")]
    [InlineData("items[0][quantity]", "-1", "parameter_invalid_integer", "items[0][quantity]")]
    [InlineData("items[0][color]", "red", "parameter_unknown", "items[0][color]")]
    [InlineData("proration_date", "1000000000", null, "proration_date")]
    [InlineData("proration_behavior", "sometimes", null, "proration_behavior")]
    [InlineData("billing_cycle_anchor", "now", null, "billing_cycle_anchor")]
    public async Task A_wrong_change_is_answered_with_what_is_wrong_and_changes_nothing(
        string name, string? value, string? code, string param)
    {
        var subscription = await _stack.BuyAsync();
        var price = value switch
        {
            "inactive" => await PriceAsync(active: false),
            "once" => await PriceAsync(interval: null),
            "eur" => await PriceAsync(currency: "eur"),
            _ => null,
        };
        Dictionary<string, string> form = new()
        {
            ["items[0][id]"] = (await _stack.ItemAsync(subscription)).Id,
            ["items[0][price]"] = await PriceAsync(),
        };
        form.Remove(name);
        if ((price ?? value) is { } given)
        {
            form[name] = given;
        }

        var answer = await _stack.PostAsync($"/v1/subscriptions/{subscription}", [.. form.Select(field => (field.Key, field.Value))]);

        var error = answer.GetProperty("error");
        Assert.Equal("invalid_request_error", error.Text("type"));
        Assert.Equal(code, error.TryGetProperty("code", out var known) ? known.GetString() : null);
        Assert.Equal(param, error.Text("param"));
        Assert.Empty(await _stack.PendingAsync(subscription));
        Assert.Equal(1900, (await _stack.ItemAsync(subscription)).Price.UnitAmount);
    }

    private static List<JsonElement> Lines(JsonElement invoice) => [.. invoice.GetProperty("lines").GetProperty("data").EnumerateArray()];

    private static (long Total, long Starting, long Due, long Ending) Account(JsonElement invoice) => (
        invoice.Number("total"), invoice.Number("starting_balance"), invoice.Number("amount_due"), invoice.Number("ending_balance"));

    private async Task<long> BalanceAsync(string subscription) =>
        (await _stack.GetAsync($"/v1/customers/{await _stack.CustomerAsync(subscription)}")).Number("balance");

    private async Task<JsonElement> ChangeAsync(string subscription, params (string Name, string Value)[] form)
    {
        var item = (await _stack.ItemAsync(subscription)).Id;
        return await _stack.PostAsync($"/v1/subscriptions/{subscription}", [("items[0][id]", item), .. form]);
    }

    private async Task<string> PriceAsync(
        long cents = 3900, string currency = "usd", string? interval = "month", bool active = true)
    {
        (string, string)[] recurring = interval is null ? [] : [("recurring[interval]", interval)];
        var price = await _stack.PostAsync("/v1/prices", [
            ("currency", currency), ("unit_amount", $"{cents}"), ("product_data[name]", "Launchpad Pro"),
            ("active", active ? "true" : "false"), .. recurring,
        ]);
        return price.Text("id")!;
    }
}
