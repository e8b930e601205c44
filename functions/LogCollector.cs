using System.Collections.Concurrent;
using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Has a bot's newest lines fetched from its machine: once at a time and every few seconds, however many ask.</summary>
public sealed class LogCollector(BotLogs logs, TimeProvider clock)
{
    private const int KnownMax = 10_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> asked = [];

    /// <summary>When lines were fetched last, and whether newer ones are being fetched.</summary>
    public async Task<(DateTimeOffset? CollectedAt, bool Refreshing)> RefreshAsync(
        DurableTaskClient client, Deployment deployment, CancellationToken ct)
    {
        var collectedAt = await logs.CollectedAtAsync(deployment.Id, ct);
        var refreshing = deployment.Vm is not null && !(clock.GetUtcNow() - collectedAt < Fresh);
        if (refreshing && Take(deployment.Id))
        {
            await CollectAsync(client, deployment, ct);
        }

        return (collectedAt, refreshing);
    }

    /// <summary>False when this process had them fetched a moment ago: a machine that does not answer is not asked faster.</summary>
    private bool Take(string deployment)
    {
        var now = clock.GetUtcNow();
        if (asked.Count >= KnownMax)
        {
            asked.Clear();
        }

        return asked.AddOrUpdate(deployment, now, (_, before) => now - before < Fresh ? before : now) == now;
    }

    private static async Task CollectAsync(DurableTaskClient client, Deployment deployment, CancellationToken ct)
    {
        var input = new CollectLogsInput(deployment.Id, Plan.Get(deployment.Plan).Tier, deployment.Vm!);
        var options = new StartOrchestrationOptions($"logs-{deployment.Id}").WithDedupeStatuses(
            OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(CollectLogs), input, options, ct);
        }
        catch (DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException)
        {
            // It is being done already.
        }
    }
}
