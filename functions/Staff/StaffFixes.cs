using Launchpad.Functions.Access;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Reconciliation;
using Launchpad.Shared.Staff;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Staff;

/// <param name="Finding">Its id.</param>
/// <param name="Says">What is or would be done, as a sentence.</param>
/// <param name="Operation">The one that does it; null where none does, or only a preview was asked for.</param>
public sealed record StaffFixView(string Finding, string Says, string? Operation);

/// <summary>What may put a difference right.</summary>
/// <param name="Says">As a sentence.</param>
/// <param name="Begins">The operation that does it; null when the payment provider is asked.</param>
/// <param name="Request">What that is begun with; null for nothing.</param>
public sealed record StaffRemedy(string Says, OperationKind? Begins, string? Request = null);

/// <summary>Looks for differences, and puts them right, because an operator wants it so.</summary>
public sealed class StaffFixes(ReconcileRuns runs, DeploymentStore deployments, StaffRemedies remedies, StaffLog log)
{
    /// <summary>Whether there is something to be done about it here. What is promised too often on a machine ends when its bots move, which
    /// is asked of the machine.</summary>
    public static bool IsKnown(Finding finding) => PaidAndRunning.All.Contains(finding.What) && finding.Account is not null;

    public async Task<ReconcileRun> RunAsync(Operator who, CancellationToken ct)
    {
        var run = await runs.AskAsync(who.Actor, ct);
        await log.ActAsync(who, "reconcile", new { run = run.Id }, ct);
        return run;
    }

    public async Task<StaffFixView> PreviewAsync(Finding finding, CancellationToken ct) =>
        new(finding.Id, (await RemedyAsync(finding, ct)).Remedy.Says, null);

    public async Task<StaffFixView> FixAsync(DurableTaskClient client, Operator who, Finding finding, CancellationToken ct)
    {
        var (remedy, deployment) = await RemedyAsync(finding, ct);
        var begun = await remedies.TakeAsync(client, who.Actor, deployment, remedy, ct);
        await log.ActOnAsync(deployment.Id, who, "fix", new { finding = finding.What, operation = begun?.Id }, ct);
        return new(finding.Id, remedy.Says, begun?.Id);
    }

    /// <exception cref="ProblemException">When nothing helps, or nothing has to.</exception>
    private async Task<(StaffRemedy Remedy, Deployment Deployment)> RemedyAsync(Finding finding, CancellationToken ct)
    {
        if (!IsKnown(finding) || await deployments.FindAsync(finding.Account!, finding.Subject, ct) is not { } deployment)
        {
            throw Problems.CannotFix("Nothing that is begun here puts it right. It is for a person to look at it.");
        }

        return PaidAndRunning.Fault(deployment) != finding.What
            ? throw Problems.CannotFix("It is not so any more, or something goes on with the bot. The next run closes what is in order.")
            : await remedies.ForAsync(finding, deployment, ct) is { } remedy
                ? (remedy, deployment)
                : throw Problems.CannotFix("Nothing can be begun with the bot as it is. It is for a person to look at it.");
    }
}

/// <summary>What helps against which difference.</summary>
public sealed class StaffRemedies(OperationStore operations, OperationStarter starter, BillingWatches watches)
{
    /// <param name="finding">What is wrong.</param>
    /// <param name="deployment">As it is.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null when nothing does.</returns>
    public async Task<StaffRemedy?> ForAsync(Finding finding, Deployment deployment, CancellationToken ct)
    {
        if (finding.What == PaidAndRunning.NotPaid)
        {
            return new("The payment provider is asked within a minute whether somebody pays for it, and what it says is done.", null);
        }

        var last = await LastAsync(deployment, ct);
        return last is not null && StaffOperationViews.WhyNotAgain(last, deployment) is null
                ? new($"What failed last is asked for again: {Name(last.Kind)}.", last.Kind, last.Request)
            : May(deployment, OperationKind.Restart) ? new("The bot is restarted.", OperationKind.Restart)
            : May(deployment, OperationKind.Provision) ? new("What was ordered is provisioned.", OperationKind.Provision)
            : null;
    }

    /// <summary>True when somebody stopped what was begun last: a person decides whether it goes on.</summary>
    public async Task<bool> IsCancelledAsync(Deployment deployment, CancellationToken ct) =>
        await LastAsync(deployment, ct) is { Failure.Code: "cancelled" };

    /// <returns>The operation that was begun; null for none.</returns>
    public async Task<Operation?> TakeAsync(
        DurableTaskClient client, string by, Deployment deployment, StaffRemedy remedy, CancellationToken ct)
    {
        if (remedy.Begins is { } kind)
        {
            return await starter.BeginAsync(client, deployment, kind, new Unbound(by), remedy.Request, ct);
        }

        await watches.LookSoonAsync(deployment.Account, deployment.Id, ct);
        return null;
    }

    private async Task<Operation?> LastAsync(Deployment deployment, CancellationToken ct) =>
        deployment.LastOperation is { } id ? await operations.FindAsync(deployment.Account, id, ct) : null;

    private static bool May(Deployment deployment, OperationKind kind) => Abilities.Refusal(deployment, kind, deployment.Account) is null;

    private static string Name(OperationKind kind) => Shared.WireNames.Wire(kind);
}
