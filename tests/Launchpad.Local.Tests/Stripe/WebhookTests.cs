using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Local.Stripe;
using Launchpad.Shared.Billing;
using Microsoft.Extensions.Options;
using Stripe;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>Which webhooks the product believes: only what Stripe signed, as it was sent, and lately.</summary>
public sealed class WebhookTests(StripeStack stack) : IClassFixture<StripeStack>
{
    private static readonly JsonSerializerOptions Compact = new();

    public static TheoryData<string> Forgeries =>
    [
        "no header", "blank header", "no signature in the header", "not a signature", "another secret", "empty secret as the signer's",
        "changed body", "re-serialized body", "changed time", "too old", "from the future", "no time", "time that is no number",
        "time beyond any", "only the old scheme", "huge body", "live mode", "not JSON", "empty body",
        "a list", "null", "a number", "no text",
    ];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_forgery_is_rejected(string kind)
    {
        var (body, header) = Forge(kind, await SentAsync());

        await Assert.ThrowsAsync<WebhookRejectedException>(() => stack.Webhooks.ReadAsync(body, header, default));
    }

    [Fact]
    public async Task What_was_sent_is_believed_again_and_again()
    {
        var sent = await SentAsync();

        var first = await stack.Webhooks.ReadAsync(sent.Body, sent.Signature, default);
        var again = await stack.Webhooks.ReadAsync(sent.Body, sent.Signature, default);

        // A replay is recognised by its id, which is what the ledger is for.
        Assert.Equal(first, again);
    }

    [Fact]
    public async Task While_a_secret_is_rolled_one_good_signature_of_several_is_enough()
    {
        var sent = await SentAsync();
        var header = sent.Signature.Replace(",v1=", $",v1={new string('0', 64)},v1=", StringComparison.Ordinal);

        Assert.Equal(sent.Id, (await stack.Webhooks.ReadAsync(sent.Body, header, default)).Id);
    }

    [Fact]
    public async Task Within_the_tolerance_the_clocks_may_differ()
    {
        var sent = await SentAsync();
        foreach (var seconds in (int[])[-290, 290])
        {
            var header = Sign(sent.Body, stack.WebhookSecret, stack.Time.GetUtcNow().AddSeconds(seconds));
            Assert.Equal(sent.Id, (await stack.Webhooks.ReadAsync(sent.Body, header, default)).Id);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(null)]
    public async Task Without_a_secret_nothing_starts_and_nothing_is_believed(string? secret)
    {
        var name = "webhook-" + Guid.NewGuid().ToString("n");
        if (secret is not null)
        {
            await stack.Vault.SetAsync(name, secret, default);
        }

        var options = new StripeOptions { ApiBase = stack.Client.BaseAddress!.ToString(), WebhookSecret = name };
        using var connection = new StripeConnection(Options.Create(options), stack.Vault, stack.Time);
        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.CheckAsync(default));

        var sent = await SentAsync();
        var header = Sign(sent.Body, secret ?? "", stack.Time.GetUtcNow());
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => new StripeWebhooks(connection, new(connection, stack.Time), new(connection), stack.Time).ReadAsync(sent.Body, header, default));
    }

    [Fact]
    public async Task An_event_about_nothing_of_ours_is_read_and_names_nobody()
    {
        const string body = """
            {"id":"evt_other","object":"event","api_version":"2027-03-31.foxglove","created":1,"livemode":false,"type":"payout.paid",
            "data":{"object":{"id":"po_1","object":"payout"}}}
            """;

        var read = await stack.Webhooks.ReadAsync(body, Sign(body, stack.WebhookSecret, stack.Time.GetUtcNow()), default);

        var created = DateTimeOffset.UnixEpoch.AddSeconds(1);
        Assert.Equal(new StripeEvent("evt_other", "payout.paid", created, null, null, null, null, null), read);
    }

    private static string Sign(string body, string secret, DateTimeOffset at) =>
        $"t={at.ToUnixTimeSeconds()},v1={EventUtility.ComputeSignature(secret, $"{at.ToUnixTimeSeconds()}", body)}";

    private async Task<Heard> SentAsync()
    {
        if (stack.Merchant.All.FirstOrDefault(heard => heard.Type == "checkout.session.completed") is { } known)
        {
            return known;
        }

        await stack.BuyAsync();
        return await stack.Merchant.NextAsync("checkout.session.completed");
    }

    private (string Body, string? Header) Forge(string kind, Heard sent)
    {
        var (secret, now) = (stack.WebhookSecret, stack.Time.GetUtcNow());
        var time = sent.Signature.Split(',')[0];
        var live = sent.Body.Replace("\"livemode\": false", "\"livemode\": true", StringComparison.Ordinal);
        var huge = "{\"pad\":\"" + new string('x', 300_000) + "\"," + sent.Body.TrimStart('{');
        return kind switch
        {
            "no header" => (sent.Body, null),
            "blank header" => (sent.Body, " "),
            "no signature in the header" => (sent.Body, time),
            "not a signature" => (sent.Body, "nonsense"),
            "another secret" => (sent.Body, Sign(sent.Body, "whsec_other", now)),
            "empty secret as the signer's" => (sent.Body, Sign(sent.Body, "", now)),
            "changed body" => (sent.Body.Replace("active", "actove", StringComparison.Ordinal) + " ", sent.Signature),
            "re-serialized body" => (JsonNode.Parse(sent.Body)!.ToJsonString(Compact), sent.Signature),
            "changed time" => (sent.Body, sent.Signature.Replace(time, $"t={now.ToUnixTimeSeconds() + 7}", StringComparison.Ordinal)),
            "too old" => (sent.Body, Sign(sent.Body, secret, now.AddSeconds(-310))),
            "from the future" => (sent.Body, Sign(sent.Body, secret, now.AddSeconds(310))),
            "no time" => (sent.Body, sent.Signature.Split(',')[1]),
            "time that is no number" => (sent.Body, $"t=now,v1={EventUtility.ComputeSignature(secret, "now", sent.Body)}"),
            "time beyond any" => (sent.Body, $"t=99999999999999,v1={EventUtility.ComputeSignature(secret, "99999999999999", sent.Body)}"),
            "only the old scheme" => (sent.Body, sent.Signature.Replace("v1=", "v0=", StringComparison.Ordinal)),
            "huge body" => (huge, Sign(huge, secret, now)),
            "live mode" => (live, Sign(live, secret, now)),
            "not JSON" => ("<xml/>", Sign("<xml/>", secret, now)),
            "empty body" => ("", Sign("", secret, now)),
            "a list" => ("[]", Sign("[]", secret, now)),
            "null" => ("null", Sign("null", secret, now)),
            "a number" => ("1", Sign("1", secret, now)),
            "no text" => ("{\"object\":1}", Sign("{\"object\":1}", secret, now)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }
}
