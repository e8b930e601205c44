using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Stripe;

namespace Launchpad.Functions.Tests.Billing;

/// <summary>What a promotion code takes off is not charged, not promised to be charged, and not given back.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class CodeTests(LaunchpadApi api)
{
    [Fact]
    public async Task A_code_halves_what_is_charged_and_what_is_given_back_is_what_was_paid()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.Owner.OrderAsync();
        var page = await shop.PageAsync(id);
        var code = await CodeAsync("forever");

        Assert.Equal(422, await api.PayAsync(page, code: code + "X"));
        var subscription = await shop.PayAsync(page, code);

        var billing = await shop.SeesAsync(id, "active");
        Assert.Equal(950, billing.GetProperty("nextCharge").GetProperty("amount").GetInt64());
        var invoice = (await shop.Owner.GetAsync("billing/invoices")).GetProperty("invoices")[0];
        Assert.Equal((950, 950), (invoice.GetProperty("total").GetInt64(), invoice.GetProperty("amountPaid").GetInt64()));

        var deployment = await api.Service<DeploymentStore>().GetAsync(shop.Owner.Account, id, default);
        await api.Service<FinalSettlement>().SettleAsync(deployment with { ActiveVersion = null }, DateTimeOffset.UtcNow.AddMinutes(1), default);
        Assert.Equal([950L], await shop.RefundsAsync(subscription));
        Assert.Equal("canceled", await shop.StatusAsync(subscription));
    }

    [Fact]
    public async Task What_a_code_takes_off_once_is_in_the_first_charge_after_a_trial()
    {
        using var shop = await Shop.OpenAsync(api);
        var id = await shop.OrderAsync("plus");

        await shop.PayAsync(await shop.PageAsync(id), await CodeAsync("once"));

        var billing = await shop.SeesAsync(id, "active");
        Assert.Equal(1950, billing.GetProperty("nextCharge").GetProperty("amount").GetInt64());
    }

    private async Task<string> CodeAsync(string duration)
    {
        var coupon = await new CouponService(api.Stripe).CreateAsync(new() { PercentOff = 50, Duration = duration });
        return (await new PromotionCodeService(api.Stripe).CreateAsync(new() { Promotion = new() { Type = "coupon", Coupon = coupon.Id } })).Code;
    }
}
