using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>What happens by the clock.</summary>
public sealed class Schedules(
    DeploymentStore deployments, OperationStarter starter, Recoveries health, TimeProvider clock, ILogger<Schedules> log)
{
    /// <summary>An operation this young is still being started by whoever asked for it.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <summary>Every deployment that an operation holds has its saga: one that a crash kept from starting is started, one that the tables
    /// forgot the end of runs again, and one that failed is told to a person and holds nothing any more.</summary>
    [Function("SweepOperations")]
    public async Task SweepOperations(
        [TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var active = new List<OperationKind>();
        await foreach (var deployment in deployments.BusyAsync(ct))
        {
            active.Add(deployment.Operation!.Kind);
            if (clock.GetUtcNow() - deployment.Operation.Since > Settled && !await Recoveries.WillBeginAsync(client, deployment, ct))
            {
                log.LogDebug("Looking after {Operation}", deployment.Operation.Id);
                await (deployment.Operation.Kind is OperationKind.Replace
                    ? health.ResumeAsync(client, deployment, ct)
                    : starter.ResumeAsync(client, deployment, ct));
            }
        }

        OperationMetrics.Active(active);
    }

    /// <summary>At the start, because a machine may have rebooted meanwhile, and every minute.</summary>
    [Function("SweepHealth")]
    public Task SweepHealth(
        [TimerTrigger("30 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client,
        CancellationToken ct) =>
        health.StartAsync(client, ct);
}
