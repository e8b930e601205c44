using Stripe;
using Stripe.Checkout;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>What becomes of each try with a card, as the official client reads it.</summary>
public sealed class ChargeTests(StripeStack stack) : IClassFixture<StripeStack>
{
    [Fact]
    public async Task Each_try_is_a_charge_with_its_card_and_the_providers_own_judgement()
    {
        var link = await stack.CheckOutAsync(StripeStack.Order("dep_charges"));
        var session = await new SessionService(stack.Sdk).GetAsync(link.SessionId);
        foreach (var card in (string[])["4000 0000 0000 9995", "4100 0000 0000 0019", "4000 0000 0000 9235"])
        {
            using var tried = await stack.PayAsync(link.SessionId, card);
        }

        var charges = (await new ChargeService(stack.Sdk).ListAsync(new() { Customer = session.CustomerId })).ToList();
        Assert.Equal(["succeeded", "failed", "failed"], charges.Select(charge => charge.Status));
        Assert.Equal(["elevated", "highest", "normal"], charges.Select(charge => charge.Outcome.RiskLevel));
        Assert.Equal(["authorized", "blocked", "issuer_declined"], charges.Select(charge => charge.Outcome.Type));
        Assert.Equal([null, "card_declined", "card_declined"], charges.Select(charge => charge.FailureCode));
        Assert.Equal(3, charges.Select(charge => charge.PaymentMethodDetails.Card.Fingerprint).Distinct().Count());
        Assert.All(charges, charge => Assert.Equal(1900, charge.Amount));
        Assert.Equal(charges[1].PaymentIntentId, charges[2].PaymentIntentId);
        Assert.Equal("requires_payment_method", (await new PaymentIntentService(stack.Sdk).GetAsync(charges[1].PaymentIntentId)).Status);
        var intent = await new PaymentIntentService(stack.Sdk).GetAsync(charges[0].PaymentIntentId, new() { Expand = ["latest_charge"] });
        Assert.Equal(charges[0].Id, intent.LatestCharge.Id);
        var later = new ChargeListOptions
        {
            Customer = session.CustomerId,
            Created = new DateRangeOptions { GreaterThanOrEqual = stack.Time.GetUtcNow().AddHours(1).UtcDateTime },
        };
        Assert.Empty(await new ChargeService(stack.Sdk).ListAsync(later));
    }

    [Fact]
    public async Task A_bank_warns_of_a_card_after_it_was_charged()
    {
        var link = await stack.CheckOutAsync(StripeStack.Order("dep_warned"));
        using var paid = await stack.PayAsync(link.SessionId, "4000 0000 0000 5423");
        var warning = Assert.Single(await new global::Stripe.Radar.EarlyFraudWarningService(stack.Sdk).ListAsync());
        Assert.True(warning.Actionable);
        Assert.Equal("succeeded", (await new ChargeService(stack.Sdk).GetAsync(warning.ChargeId)).Status);
    }
}
