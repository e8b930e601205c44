using System.Text.Json.Nodes;
using Launchpad.Shared.Billing;
using Stripe;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>Events are written in the version of the endpoint or of the account. Between 2023 and 2026 an invoice came to name its subscription
/// elsewhere, a subscription lost its period, and fields became null or lists: none of that keeps one from being understood.</summary>
public sealed class EventVersionTests(StripeStack stack) : IClassFixture<StripeStack>
{
    private const string Invoice = "\"object\":\"invoice\"";

    /// <summary>Where an invoice names its subscription, by version.</summary>
    public static TheoryData<string, string> Invoices => new()
    {
        { "2023-10-16", """{"id":"ID","object":"invoice","subscription":"SUB","subscription_details":{"metadata":{}},"paid":true,"charge":"ch_1"}""" },
        { "2024-06-20", """{"id":"ID","object":"invoice","subscription":{"id":"SUB","object":"subscription"},"quote":null}""" },
        { "2024-11-20.acacia", """{"id":"ID","object":"invoice","subscription":"SUB","payment_intent":null,"discount":null}""" },
        { "2025-03-31.basil", """{"id":"ID","object":"invoice","parent":{"type":"subscription_details","subscription_details":{"subscription":"SUB"}}}""" },
        { "2025-09-30.clover", """{"id":"ID","object":"invoice","parent":{"subscription_details":{"subscription":{"id":"SUB"},"metadata":null}}}""" },
        { "2026-07-29.dahlia", """{"id":"ID","object":"invoice","parent":{"subscription_details":{"subscription":"SUB"}},"lines":[],"total":"12.00"}""" },
        { "2031-01-01.unheardof", """{"id":"ID","object":"invoice","parent":{"subscription_details":{"subscription":"SUB"}},"status":{"paid":1}}""" },
    };

    [Theory]
    [MemberData(nameof(Invoices))]
    public async Task An_invoice_is_understood_in_each_version_when_it_is_there_and_when_it_is_gone(string version, string invoice)
    {
        var subscription = await stack.BuyAsync();
        var paid = (await new InvoiceService(stack.Sdk).ListAsync(new() { Subscription = subscription })).Single();
        // With their quotes: an id may have the same letters in it.
        invoice = invoice.Replace("\"SUB\"", $"\"{subscription}\"", StringComparison.Ordinal);

        foreach (var id in (string[])[paid.Id, "in_gone"])
        {
            var read = await ReadAsync(version, invoice.Replace("\"ID\"", $"\"{id}\"", StringComparison.Ordinal));
            Assert.Equal((subscription, "active", false), (read.Subscription, read.Status, read.IsGone));
            Assert.NotNull(read.Deployment);
        }

        // An announced one has no id.
        var announced = await ReadAsync(version, invoice.Replace("\"id\":\"ID\",", "", StringComparison.Ordinal));
        Assert.Equal(subscription, announced.Subscription);
        var other = await ReadAsync(version, $$"""{"id":"in_gone",{{Invoice}},"subscription":null,"parent":null}""");
        Assert.Equal((null, true), (other.Subscription, other.IsGone));
    }

    [Theory]
    [InlineData("2024-04-10", "\"current_period_end\":1,\"cancel_at_period_end\":false")]
    [InlineData("2025-03-31.basil", "\"cancel_at_period_end\":null,\"application\":null")]
    [InlineData("2026-03-25.dahlia", "\"items\":[],\"status\":null,\"created\":\"2026\"")]
    public async Task A_subscription_is_understood_whatever_its_fields_have_become(string version, string fields)
    {
        var subscription = await stack.BuyAsync();
        var read = await ReadAsync(version, $$"""{"id":"{{subscription}}","object":"subscription",{{fields}},"metadata":null}""");
        Assert.Equal((subscription, "active", false), (read.Subscription, read.Status, read.IsGone));
        Assert.NotNull(read.Account);

        var gone = await ReadAsync(version, $$$"""
            {"id":"sub_gone","object":"subscription",{{{fields}}},"customer":{"id":"cus_1"},"metadata":{"account":"acc_1","deployment":"dep_1","x":1}}
            """);
        Assert.Equal(("acc_1", "dep_1", "cus_1", true), (gone.Account, gone.Deployment, gone.Customer, gone.IsGone));
    }

    [Theory]
    [InlineData("""{"id":"cs_gone","object":"checkout.session","subscription":"sub_1","ui_mode":"hosted_page","metadata":{"account":"acc_1"}}""", "acc_1")]
    [InlineData("""{"id":"cs_gone","object":"checkout.session","subscription":{"id":"sub_1"},"metadata":{"account":"acc_1"},"mode":[]}""", "acc_1")]
    public async Task A_session_that_is_gone_is_what_it_was_told_to_be(string session, string account)
    {
        var read = await ReadAsync("2026-07-29.dahlia", session);
        Assert.Equal((account, "sub_1", true), (read.Account, read.Subscription, read.IsGone));
    }

    [Theory]
    [InlineData("""{"id":"du_gone","object":"dispute","charge":{"id":"ch_gone"},"amount":"1.00"}""")]
    [InlineData("""{"id":"ch_gone","object":"charge","refunds":null,"invoice":7}""")]
    [InlineData("""{"id":"issfr_1","object":"radar.early_fraud_warning","charge":"ch_gone","actionable":null}""")]
    [InlineData("""{"id":"issfr_1","object":"radar.early_fraud_warning"}""")]
    [InlineData("""{"object":"subscription"}""")]
    [InlineData("""{"id":7,"object":["invoice"]}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task What_names_nothing_that_there_is_is_passed_over(string about)
    {
        var read = await ReadAsync("2024-06-20", about);
        Assert.Equal((null, null, null, null), (read.Deployment, read.Subscription, read.Dispute, read.Attempts));
    }

    [Theory]
    [InlineData("""{"id":"evt_1","object":"v2.core.event","type":"v2.billing.cadence.billed","created":"2026-01-01T00:00:00.000Z","livemode":false}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","created":1e300,"livemode":false}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","created":999999999999999,"livemode":false}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","created":1,"livemode":"false"}""")]
    [InlineData("""{"object":"event","type":"invoice.paid","created":1,"livemode":false}""")]
    public async Task What_is_signed_and_no_event_of_this_kind_is_refused(string body) =>
        await Assert.ThrowsAsync<WebhookRejectedException>(() => stack.Webhooks.ReadAsync(body, Signed(body), default));

    private Task<StripeEvent> ReadAsync(string version, string about)
    {
        var body = new JsonObject
        {
            ["id"] = $"evt_{Guid.NewGuid():N}",
            ["object"] = "event",
            ["api_version"] = version,
            ["created"] = 1,
            ["livemode"] = false,
            ["type"] = "something.happened",
            ["data"] = new JsonObject { ["object"] = JsonNode.Parse(about) },
        }.ToJsonString();
        return stack.Webhooks.ReadAsync(body, Signed(body), default);
    }

    private string Signed(string body)
    {
        var at = stack.Time.GetUtcNow().ToUnixTimeSeconds();
        return $"t={at},v1={EventUtility.ComputeSignature(stack.WebhookSecret, $"{at}", body)}";
    }
}
