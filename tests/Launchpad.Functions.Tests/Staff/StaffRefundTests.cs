using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Billing;
using Stripe;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>What operators give back.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffRefundTests(LaunchpadApi api)
{
    [Fact]
    public async Task An_operator_gives_a_bills_payment_back_once_and_says_why()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var shop = await Shop.OpenAsync(api);
        var (id, subscription) = await shop.RunningAsync();
        var invoice = (await new SubscriptionService(api.Stripe).GetAsync(subscription)).LatestInvoiceId;

        foreach (var _ in (int[])[1, 2])
        {
            var (status, body) = await staff.PostAsync("staff/refunds", new { invoice, reason = "The bot was down for a week." });
            Assert.Equal((200, 1900, subscription), ((int)status, body.GetProperty("amount").GetInt64(), body.GetProperty("subscription").GetString()));
        }

        Assert.Equal([1900L], await shop.RefundsAsync(subscription));
        Assert.Single(await shop.RecordedAsync(id, "refund"));
        Assert.Equal("active", (await shop.BillingAsync(id)).GetProperty("state").GetString());
        Assert.Single((await shop.BillingAsync(id)).GetProperty("refunds").EnumerateArray());
        Assert.Equal(400, (int)(await staff.PostAsync("staff/refunds", new { invoice = "in_none", reason = "Because." })).Status);
        Assert.Equal(400, (int)(await staff.PostAsync("staff/refunds", new { invoice, reason = "" })).Status);
    }
}
