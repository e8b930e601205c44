using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;

namespace Launchpad.Shared.Tests.Billing;

public sealed class BillingViewTests
{
    private static readonly DateTimeOffset End = new(2026, 3, 8, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("trialing", false, "It is free until 2026-03-08 00:00:00Z, and then charged.", true, true)]
    [InlineData("trialing", true, "It was cancelled, and is free until 2026-03-08 00:00:00Z. Nothing is charged.", true, false)]
    [InlineData("active", false, "It is paid for, and renews by itself.", false, true)]
    [InlineData("active", true, "It was cancelled, and is paid for until 2026-03-08 00:00:00Z.", false, false)]
    [InlineData("past_due", false, "The last payment failed. The payment provider tries again; another card may be needed.", false, false)]
    public void A_trial_is_told_from_what_is_paid_for(string status, bool ends, string reason, bool isTrial, bool isCharged)
    {
        var view = BillingView.Of(Bot, [Own(status) with { CancelAtPeriodEnd = ends }], wasAsked: false, TimeSpan.FromDays(30));

        Assert.Equal((reason, isTrial ? End : null), (view.Reason, view.TrialEndsAt));
        Assert.Equal(isCharged ? new ChargeView(End, 3900, "usd") : null, view.NextCharge);
        Assert.Equal(status == "past_due" ? "past-due" : "active", view.State);
    }

    [Theory]
    [InlineData("What was paid for it is contested at your bank. If the bank takes it back, it ends with its period.", "won", "needs_response")]
    [InlineData("Your bank took back what was paid for it, so it ends on 2026-03-08 00:00:00Z. Nothing more is charged.", "lost", "needs_response")]
    [InlineData("It is paid for, and renews by itself.", "won", "warning_closed")]
    public void What_is_contested_is_not_said_to_renew_as_if_nothing_was(string reason, params string[] disputes)
    {
        var own = Own("active") with
        {
            Disputes = [.. disputes.Select((status, at) => new DisputeState($"du_{at}", 3900, "usd", "fraudulent", status, End.AddDays(-at), End))],
        };
        Assert.Equal(reason, BillingView.Of(Bot, [own], wasAsked: false, TimeSpan.FromDays(30)).Reason);
    }

    [Fact]
    public void A_trial_that_a_person_looks_at_is_not_said_to_be_paid_for()
    {
        var held = Bot with { Status = DeploymentStatus.Requested, HeldSince = End };
        var view = BillingView.Of(held, [Own("trialing")], wasAsked: true, TimeSpan.FromDays(30));
        Assert.StartsWith("A person looks at the order", view.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trial_is_paid_for_as_far_as_the_bot_is_concerned()
    {
        Assert.True(Own("trialing") is { IsPaid: true, IsTrial: true, IsEnded: false });
        Assert.Null(Arrears.Judge(Bot, Own("trialing"), new(), End).Ladder);
        Assert.NotNull(Arrears.Judge(Bot, Own("past_due"), new(), End).Ladder);
    }

    [Fact]
    public void No_plan_is_free_for_longer_than_a_month() => Assert.All(Plan.All, plan => Assert.InRange(plan.TrialDays, 0, 31));

    private static Subscription Own(string status) => new("acc_1", "sub_1", "dep_1", "plus", status, End, End, Price: new(3900, "usd"));

    private static Deployment Bot => new()
    {
        Id = "dep_1",
        Account = "acc_1",
        Name = "Ada",
        Slug = "ada",
        Plan = "plus",
        Settings = new(null, null, false),
        CreatedAt = End,
        Status = DeploymentStatus.Running,
        Subscription = "sub_1",
        Vm = "vm_1",
        ActiveVersion = 1,
    };
}
