using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Billing;

/// <summary>How what is not paid for is paid.</summary>
public enum LadderPay
{
    /// <summary>Not by the customer: the bank decides.</summary>
    None,

    /// <summary>With another card, while the provider still tries.</summary>
    Portal,

    /// <summary>By a new subscription, as the old one has ended.</summary>
    Checkout,
}

/// <param name="At">When it is due.</param>
/// <param name="DoneAt">Null until it happened.</param>
public sealed record LadderStepView([property: Wire(typeof(LadderStepKind))] string Kind, DateTimeOffset At, DateTimeOffset? DoneAt);

/// <summary>What happens to a bot that is not paid for, as its owner sees it. Each step but the last is taken back when it is paid.</summary>
public sealed record LadderView(
    DateTimeOffset Since, [property: Wire(typeof(LadderCause))] string Cause, [property: Wire(typeof(LadderPay))] string Pay,
    IReadOnlyList<LadderStepView> Steps)
{
    public static LadderView? Of(Deployment deployment) => deployment.Ladder is { IsOver: false } ladder
        ? new(
            ladder.Since, ladder.Cause.Wire(),
            (ladder.Cause switch { LadderCause.PaymentFailed => LadderPay.Portal, LadderCause.Ended => LadderPay.Checkout, _ => LadderPay.None }).Wire(),
            [.. ladder.Steps.Select(step => new LadderStepView(step.Kind.Wire(), step.At, step.DoneAt))])
        : null;
}
