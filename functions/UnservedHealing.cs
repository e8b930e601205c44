using Launchpad.Functions.Staff;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Reconciliation;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Who pays and has no bot that runs.</summary>
public sealed class UnservedSchedules(UnservedHealing healing, TimeProvider clock)
{
    [Function("HealUnserved")]
    public Task Heal(
        [TimerTrigger("5 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct) =>
        healing.RunAsync(client, clock.GetUtcNow() - UnservedHealing.Grace, ct);
}

/// <summary>Has what a customer pays for brought up once more, and calls a person: whatever kept it from running did so for ten minutes. What
/// somebody cancelled is not begun against him.</summary>
public sealed class UnservedHealing(ReconcilerFindings findings, DeploymentStore deployments, StaffRemedies remedies, Pager pager)
{
    private const int Max = 200;

    /// <summary>So long it is for the operation that is to bring it up, and for whoever is doing something with the bot.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <param name="client">Of the engine.</param>
    /// <param name="old">What was found before that was found long ago.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task RunAsync(DurableTaskClient client, DateTimeOffset old, CancellationToken ct)
    {
        var open = await findings.OpenAsync(Max, ct);
        foreach (var finding in open.Where(one => one is { What: PaidAndRunning.NotRunning, Account: not null } && one.At < old))
        {
            if (await deployments.FindAsync(finding.Account!, finding.Subject, ct) is { } deployment
                && PaidAndRunning.Fault(deployment) == PaidAndRunning.NotRunning)
            {
                await HealAsync(client, finding, deployment, ct);
            }
        }
    }

    /// <summary>Once for each page: what did not help is not tried again and again. The page comes last: whoever is interrupted before it tries
    /// once more, and none says that something was tried which was not.</summary>
    private async Task HealAsync(DurableTaskClient client, Finding finding, Deployment deployment, CancellationToken ct)
    {
        if (await pager.IsOpenAsync(PageKind.PaidNotRunning, deployment.Id, ct))
        {
            return;
        }

        var isCancelled = await remedies.IsCancelledAsync(deployment, ct);
        var remedy = isCancelled ? null : await remedies.ForAsync(finding, deployment, ct);
        var words = remedy?.Says ?? (isCancelled ? "What was begun was cancelled: ask its owner." : "Nothing can be begun with it as it is.");
        try
        {
            await (remedy is null ? Task.CompletedTask : remedies.TakeAsync(client, Arrears.Actor, deployment, remedy, ct));
        }
        catch (ProblemException refused)
        {
            words = $"It could not be asked for again: {refused.Message}";
        }

        await pager.RaiseAsync(PageKind.PaidNotRunning, deployment.Id, $"It is paid for and has not run since {finding.At:u}. {words}", ct);
    }
}
