using Stripe;
using Stripe.Checkout;

namespace Launchpad.Local.Tests.Stripe;

/// <summary>Each try with a card on a page on which nothing is due, as the official client reads it.</summary>
public sealed class SetupIntentTests(StripeStack stack) : IClassFixture<StripeStack>
{
    [Fact]
    public async Task Tries_on_a_trials_page_are_attempts_of_one_intent_and_no_charges()
    {
        var link = await stack.CheckOutAsync(StripeStack.Order("dep_setup") with { TrialDays = 7 });
        var customer = (await new SessionService(stack.Sdk).GetAsync(link.SessionId)).CustomerId;
        foreach (var card in (string[])["4000 0000 0000 9995", "4000 0000 0000 0002"])
        {
            using var tried = await stack.PayAsync(link.SessionId, card);
        }

        var failed = Assert.Single(await new SetupIntentService(stack.Sdk).ListAsync(new() { Customer = customer }));
        Assert.Equal(("requires_payment_method", "card_declined"), (failed.Status, failed.LastSetupError.Code));
        using var taken = await stack.PayAsync(link.SessionId, "4242 4242 4242 4242");

        var intent = await new SetupIntentService(stack.Sdk).GetAsync(failed.Id, new() { Expand = ["latest_attempt", "customer"] });
        Assert.Equal(("succeeded", "succeeded", customer), (intent.Status, intent.LatestAttempt.Status, intent.Customer.Id));
        Assert.Null(intent.LastSetupError);
        var attempts = (await new SetupAttemptService(stack.Sdk).ListAsync(new() { SetupIntent = intent.Id })).ToList();
        Assert.Equal(["succeeded", "failed", "failed"], attempts.Select(one => one.Status));
        Assert.Equal([null, "generic_decline", "insufficient_funds"], attempts.Select(one => one.SetupError?.DeclineCode));
        Assert.Equal(3, attempts.Select(one => one.PaymentMethodDetails.Card.Fingerprint).Distinct().Count());
        Assert.Equal(attempts[1].PaymentMethodDetails.Card.Fingerprint, attempts[1].SetupError.PaymentMethod.Card.Fingerprint);
        Assert.Empty(await new ChargeService(stack.Sdk).ListAsync(new() { Customer = customer }));
        var told = await new EventService(stack.Sdk).ListAsync(new() { Types = ["setup_intent.setup_failed", "setup_intent.succeeded"] });
        Assert.Equal(["setup_intent.succeeded", "setup_intent.setup_failed", "setup_intent.setup_failed"], told.Select(one => one.Type));
    }

    [Fact]
    public async Task Where_something_is_due_there_is_no_intent_to_set_up()
    {
        var link = await stack.CheckOutAsync(StripeStack.Order("dep_charged") with { Account = "acc_charged", Email = "charged@example.com" });
        using var paid = await stack.PayAsync(link.SessionId);
        var customer = (await new SessionService(stack.Sdk).GetAsync(link.SessionId)).CustomerId;
        Assert.Empty(await new SetupIntentService(stack.Sdk).ListAsync(new() { Customer = customer }));
        var refused = await Assert.ThrowsAsync<StripeException>(() => new SetupAttemptService(stack.Sdk).ListAsync(new() { SetupIntent = "seti_none" }));
        Assert.Equal("resource_missing", refused.StripeError.Code);
    }
}
