using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>What a bot wrote. Reading never waits for the machine: it answers what is stored and, when that is old, has newer lines
/// fetched.</summary>
public sealed class Logs(DeploymentStore deployments, BotLogs logs, Callers callers, TimeProvider clock)
{
    private const int TailMax = 1_000;
    private const int TailUsual = 200;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    [Function("GetLogs")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "deployments/{id}/logs")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var deployment = Shared.Ids.IsValid(id, Shared.Ids.Deployment) ? await deployments.FindAsync(account.Id, id, ct) : null;
        if (deployment is null)
        {
            throw Problems.NotFound();
        }

        var tail = Tail(request.Query["tail"].FirstOrDefault());
        var (lines, collectedAt) = await logs.ReadAsync(id, tail, ct);
        var refreshing = deployment.Vm is not null && !(clock.GetUtcNow() - collectedAt < Fresh);
        if (refreshing)
        {
            await CollectAsync(client, deployment, ct);
        }

        return new OkObjectResult(new { lines, collectedAt, refreshing });
    }

    /// <summary>One collection a deployment and five seconds, however many ask.</summary>
    private async Task CollectAsync(DurableTaskClient client, Deployment deployment, CancellationToken ct)
    {
        var input = new CollectLogsInput(deployment.Id, Plan.Get(deployment.Plan).Tier, deployment.Vm!);
        var slot = clock.GetUtcNow().Ticks / Fresh.Ticks;
        var options = new StartOrchestrationOptions($"logs-{deployment.Id}-{slot}")
            .WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(CollectLogs), input, options, ct);
        }
        catch (DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException)
        {
            // Another reader asked within the same five seconds.
        }
    }

    private static int Tail(string? typed) =>
        typed is null ? TailUsual
        : int.TryParse(typed, System.Globalization.NumberStyles.None, null, out var tail) && tail is > 0 and <= TailMax ? tail
        : throw Problems.Invalid("tail", $"is a number from 1 to {TailMax}.");
}
