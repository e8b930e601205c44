using System.Globalization;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Billing;

/// <summary>Tells a customer when a bot will be charged for, and what becomes of one that is not paid for: in its record, and by mail. Telling
/// again tells nothing new.</summary>
public sealed class Notices(Recorder recorder, CustomerLetters letters)
{
    public const string Action = "dunning";
    public const string TrialAction = "trial-ends";

    /// <summary>So long before the end of a trial its owner hears of it, or at once where it is shorter.</summary>
    public static readonly TimeSpan BeforeTrialEnds = TimeSpan.FromDays(3);

    /// <param name="deployment">With the ladder.</param>
    /// <param name="step">Of it, as it is there.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task TellAsync(Deployment deployment, LadderStep step, CancellationToken ct)
    {
        var (ladder, key) = (deployment.Ladder!, deployment.Ladder!.KeyOf(step));
        var next = ladder.Steps.FirstOrDefault(one => one.DoneAt is null && one != step);
        await recorder.TellOnceAsync(
            $"{Action}-{key}", deployment.Account, deployment.Id, Arrears.Actor, Action,
            new
            {
                step = step.Kind.Wire(),
                cause = ladder.Cause.Wire(),
                subscription = deployment.Subscription,
                next = next?.Kind.Wire(),
                nextAt = next?.At,
            },
            ct);
        await MailAsync(deployment, Letter(step.Kind), key, ladder.Cause, ladder.Steps.FirstOrDefault(one => IsLoss(one, step)), ct);
    }

    public async Task TellOverAsync(Deployment deployment, Ladder ladder, CancellationToken ct)
    {
        var key = $"{ladder.Since.UtcDateTime:yyyyMMddHHmmss}-over";
        await recorder.TellOnceAsync(
            $"{Action}-{key}", deployment.Account, deployment.Id, Arrears.Actor, Action,
            new { step = "over", cause = ladder.Cause.Wire(), subscription = deployment.Subscription }, ct);
        await MailAsync(deployment, LetterKinds.BillingOver, key, ladder.Cause, next: null, ct);
    }

    /// <summary>Says that a trial ends soon, and what is charged then. Of one that was cancelled, or that goes on for longer, nothing is said.
    /// </summary>
    public async Task TellTrialAsync(Deployment deployment, Subscription trial, CancellationToken ct)
    {
        if (trial is not { PaidUntil: { } end, CancelAtPeriodEnd: false } || end - trial.AsOf > BeforeTrialEnds)
        {
            return;
        }

        // A trial that was made longer ends another time.
        var key = $"{TrialAction}-{trial.Id}-{end.UtcDateTime:yyyyMMddHH}";
        await recorder.TellOnceAsync(
            key, deployment.Account, deployment.Id, Arrears.Actor, TrialAction,
            new { subscription = trial.Id, endsAt = end, amount = trial.Price?.Cents, currency = trial.Price?.Currency }, ct);
        var values = new Dictionary<string, string> { ["bot"] = deployment.Name, ["endsAt"] = end.ToString("O", CultureInfo.InvariantCulture) };
        if (trial.Price is { } price)
        {
            values["amount"] = price.Text;
        }

        await letters.SendAsync(deployment.Account, NotificationKind.Billing, LetterKinds.TrialEnding, key, values, ct);
    }

    private Task MailAsync(Deployment deployment, string kind, string key, LadderCause cause, LadderStep? next, CancellationToken ct)
    {
        var values = new Dictionary<string, string> { ["bot"] = deployment.Name, ["cause"] = cause.Wire() };
        if (next is not null)
        {
            values["next"] = next.Kind.Wire();
            values["nextAt"] = next.At.ToString("O", CultureInfo.InvariantCulture);
        }

        return letters.SendAsync(deployment.Account, NotificationKind.Billing, kind, $"{Action}-{deployment.Id}-{key}", values, ct);
    }

    /// <summary>What a letter warns of: not of another letter, nor of what is done for its reader.</summary>
    private static bool IsLoss(LadderStep one, LadderStep now) =>
        one != now && one is { DoneAt: null, Kind: LadderStepKind.Suspended or LadderStepKind.Deleted };

    private static string Letter(LadderStepKind step) => step switch
    {
        LadderStepKind.Suspended => LetterKinds.BillingSuspended,
        LadderStepKind.FinalBackup => LetterKinds.BillingFinalBackup,
        LadderStepKind.Deleted => LetterKinds.BillingDeleted,
        _ => LetterKinds.BillingReminder,
    };
}
