using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>What an operation's saga leaves behind that ended without an outcome: by an exception that none of its steps explains, by code
/// that does not follow its history, or because a person terminated it. It is not run again unasked, since nobody knows what it would
/// do: a person is called, its instance is kept for them to look at, and the deployment is free for whatever they decide.</summary>
public sealed class FailedSagas(DeploymentStore deployments, OperationStore operations, Pager pager, TimeProvider clock)
{
    private const int WordsMax = 500;

    public static bool IsOne(OrchestrationMetadata? saga) =>
        saga?.RuntimeStatus is OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    /// <summary>The page comes first and the freed deployment last: whoever finds it held after a crash does all of it again.</summary>
    public async Task EndAsync(Deployment deployment, Operation operation, OrchestrationMetadata saga, CancellationToken ct)
    {
        await TellAsync(deployment.Id, saga, ct);
        if (!operation.IsFinished)
        {
            var failure = Failure.Of(new InvalidOperationException());
            var steps = await operations.StepsAsync(operation.Id, ct);
            var last = steps.Where(step => !Steps.IsUndo(step.Name)).MaxBy(step => step.StartedAt);
            var advice = Failure.Advice(failure.Code, operation.Kind);
            await operations.SaveAsync(
                operation with
                {
                    Status = OperationStatus.Failed,
                    FinishedAt = clock.GetUtcNow(),
                    Failure = new(failure.Code, failure.Message, last?.Name ?? "", [], advice),
                },
                ct);
        }

        await deployments.ChangeAsync(deployment.Account, deployment.Id, now => Freed(now, operation), ct);
    }

    public Task TellAsync(string subject, OrchestrationMetadata saga, CancellationToken ct) => pager.RaiseAsync(
        PageKind.SagaFailed, subject,
        $"{saga.Name} ended without an outcome. Instance: {saga.InstanceId}. "
            + (saga.FailureDetails is { } failure ? $"{failure.ErrorType}: {failure.ErrorMessage}" : Words(saga)),
        ct);

    // Azure Storage keeps a failure's parts in no column of its own: what is known stands in the place of the output.
    private static string Words(OrchestrationMetadata saga) => saga.SerializedOutput is { Length: > 0 } output
        ? $"{saga.RuntimeStatus}: {output[..Math.Min(output.Length, WordsMax)]}"
        : $"It is {saga.RuntimeStatus}.";

    // A conversation changes nothing. Of everything else nobody knows how far it came, until a restart or a retry has looked.
    private static Deployment? Freed(Deployment deployment, Operation operation) =>
        deployment.Operation?.Id != operation.Id ? null
        : operation.Kind is OperationKind.TestMessage or OperationKind.PairBrowser or OperationKind.Plan
            || !deployment.Status.CanBecome(DeploymentStatus.Failed)
            ? deployment with { Operation = null }
            : deployment.To(DeploymentStatus.Failed) with { Operation = null };
}
