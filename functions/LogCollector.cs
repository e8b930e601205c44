using System.Collections.Concurrent;
using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>Has a bot's newest lines fetched from its machine: once at a time and every few seconds, however many ask.</summary>
public sealed class LogCollector(BotLogs logs, DeploymentStore deployments, TimeProvider clock)
{
    private const int KnownMax = 10_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> asked = [];

    /// <summary>When lines were fetched last, and whether newer ones are being fetched.</summary>
    public async Task<(DateTimeOffset? CollectedAt, bool Refreshing)> RefreshAsync(
        DurableTaskClient client, Deployment deployment, CancellationToken ct)
    {
        var collectedAt = await logs.CollectedAtAsync(deployment.Id, ct);
        // Whoever follows found it long ago: it may have come to a machine since, or gone from one.
        if (clock.GetUtcNow() - collectedAt < Fresh
            || await deployments.FindAsync(deployment.Account, deployment.Id, ct) is not { Vm: not null } placed)
        {
            return (collectedAt, false);
        }

        if (Take(deployment.Id))
        {
            await client.StartOnceAsync(
                $"logs-{placed.Id}", nameof(CollectLogs), new CollectLogsInput(placed.Id, Plan.Get(placed.Plan).Tier, placed.Vm),
                Starting.Going, ct);
        }

        return (collectedAt, true);
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
}
