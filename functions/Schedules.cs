using Launchpad.Orchestrations;
using Launchpad.Shared.Deployments;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>What happens by the clock.</summary>
public sealed class Schedules(DeploymentStore deployments, OperationStarter starter, TimeProvider clock, ILogger<Schedules> log)
{
    /// <summary>An operation this young is still being started by whoever asked for it.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <summary>Every deployment that an operation holds has its saga: one that a crash kept from starting is started, one that the tables
    /// forgot the end of runs again.</summary>
    [Function("SweepOperations")]
    public async Task SweepOperations(
        [TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        await foreach (var deployment in deployments.BusyAsync(ct))
        {
            if (clock.GetUtcNow() - deployment.Operation!.Since > Settled)
            {
                log.LogDebug("Looking after {Operation}", deployment.Operation.Id);
                await starter.ResumeAsync(client, deployment, ct);
            }
        }
    }

    /// <summary>At the start, because a machine may have rebooted meanwhile, and every five minutes. One sweep at a time.</summary>
    [Function("SweepHealth")]
    public static async Task SweepHealth(
        [TimerTrigger("0 */5 * * * *", RunOnStartup = true)] TimerInfo timer, [DurableClient] DurableTaskClient client,
        CancellationToken ct)
    {
        var options = new StartOrchestrationOptions("health-sweep").WithDedupeStatuses(
            OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(HealthSweep), input: null, options, ct);
        }
        catch (DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException)
        {
            // The last sweep still waits for a bot that it restarts.
        }
    }
}
