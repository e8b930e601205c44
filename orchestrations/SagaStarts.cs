using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Launchpad.Orchestrations;

/// <summary>Schedules the sagas of operations, each once.</summary>
public static class SagaStarts
{
    /// <summary>Leaves alone what has been there under this id, however it ended.</summary>
    public static Task StartSagaAsync(this DurableTaskClient client, Deployment deployment, Operation operation, CancellationToken ct) =>
        client.StartSagaAsync(deployment, operation, StartOrchestrationOptionsExtensions.ValidDedupeStatuses, ct);

    /// <summary>Takes the place of one that came to its end, and of none that failed: nobody knows what that would do again.</summary>
    public static Task RestartSagaAsync(this DurableTaskClient client, Deployment deployment, Operation operation, CancellationToken ct) =>
        client.StartSagaAsync(
            deployment, operation,
            StartOrchestrationOptionsExtensions.ValidDedupeStatuses.Except([OrchestrationRuntimeStatus.Completed]), ct);

    private static Task StartSagaAsync(
        this DurableTaskClient client, Deployment deployment, Operation operation, IEnumerable<OrchestrationRuntimeStatus> unless,
        CancellationToken ct)
    {
        var definition = operation.Kind.Definition();
        return client.StartOnceAsync(operation.Id, definition.SagaOf(deployment), definition.Input(deployment, operation), unless, ct);
    }
}
