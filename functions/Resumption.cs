using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>Looks after a deployment that an operation holds, or left something to do for: a saga that a crash kept from starting is started,
/// one whose end the tables forgot runs again, a few times, one that failed is told to a person, and what follows from an end is done.</summary>
public sealed class Resumption(DeploymentStore deployments, OperationRows rows, FailedSagas failed, Reruns reruns)
{
    /// <returns>The operation that holds the deployment, or held it.</returns>
    public async Task<Operation> ResumeAsync(DurableTaskClient client, Deployment seen, CancellationToken ct)
    {
        var operation = await rows.OfHolderAsync(seen, ct);
        var saga = await client.GetInstanceAsync(operation.Id, getInputsAndOutputs: true, ct);
        // The saga may have ended after the row was read: only a row that is read after it says that an end was lost.
        if (await deployments.FindAsync(seen.Account, seen.Id, ct) is not { } now || now.Operation?.Id != operation.Id)
        {
            return operation;
        }

        if (FailedSagas.IsOne(saga))
        {
            await failed.EndAsync(operation, saga!, ct);
        }
        else if (saga is null)
        {
            await client.StartSagaAsync(now, operation, ct);
        }
        else if (saga.IsCompleted)
        {
            await reruns.RunAsync(client, now, operation, saga, ct);
        }
        else if (now.Operation.Decision is UndoDecision.TakenBack)
        {
            await client.WakeAsync(operation.Id, Terminate.Decision, ct);
        }

        return operation;
    }
}

/// <summary>Runs sagas again whose end the tables lost. Every step looks before it acts, and the deployment's row before everything; all
/// the same this is not tried for ever.</summary>
public sealed class Reruns(OperationStore operations, FailedSagas failed, ILogger<Reruns> log)
{
    public const int Max = 3;

    public async Task RunAsync(
        DurableTaskClient client, Deployment deployment, Operation operation, OrchestrationMetadata saga, CancellationToken ct)
    {
        if (operation.Reruns >= Max)
        {
            await failed.EndAsync(operation, saga, ct);
            return;
        }

        log.LogWarning("The tables lost the end of {Operation}: its saga runs again", operation.Id);
        await operations.SaveAsync(
            operation with { Status = OperationStatus.Running, FinishedAt = null, Failure = null, Reruns = operation.Reruns + 1 }, ct);
        await client.RestartSagaAsync(deployment, operation, ct);
    }
}
