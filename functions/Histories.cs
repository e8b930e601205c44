using Launchpad.Shared.Retention;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <summary>How sagas went is kept for those who have to find out why, and not for ever: what came of them is in the tables.</summary>
public sealed class Histories(IOptions<RetentionOptions> options, TimeProvider clock, ILogger<Histories> log)
{
    private static readonly OrchestrationRuntimeStatus[] Ended =
    [
        OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated,
    ];

    /// <summary>Of what has ended; what goes on keeps its own, however old that is.</summary>
    [Function("SweepHistories")]
    public async Task SweepHistories(
        [TimerTrigger("0 40 4 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var purged = await client.PurgeAllInstancesAsync(
            new PurgeInstancesFilter(DateTimeOffset.UnixEpoch, clock.GetUtcNow() - options.Value.Histories, Statuses: Ended), ct);
        log.LogInformation("The histories of {Count} sagas are past their time and gone", purged.PurgedInstanceCount);
    }
}
