using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Billing;

/// <param name="Kind">reminder, suspended, final-backup or deleted.</param>
/// <param name="At">When it is due.</param>
/// <param name="DoneAt">Null until it happened.</param>
public sealed record LadderStepView(string Kind, DateTimeOffset At, DateTimeOffset? DoneAt);

/// <summary>What happens to a bot that is not paid for, as its owner sees it. Each step but the last is taken back when it is paid.</summary>
/// <param name="Cause">payment-failed, ended or disputed.</param>
/// <param name="Pay">How it is paid: in the `portal` while the provider still tries, by a new `checkout` when the subscription has ended,
/// or `none`.</param>
public sealed record LadderView(DateTimeOffset Since, string Cause, string Pay, IReadOnlyList<LadderStepView> Steps)
{
    public static LadderView? Of(Deployment deployment) => deployment.Ladder is { IsOver: false } ladder
        ? new(
            ladder.Since, ladder.Cause.Wire(),
            ladder.Cause switch { LadderCause.PaymentFailed => "portal", LadderCause.Ended => "checkout", _ => "none" },
            [.. ladder.Steps.Select(step => new LadderStepView(step.Kind.Wire(), step.At, step.DoneAt))])
        : null;
}
