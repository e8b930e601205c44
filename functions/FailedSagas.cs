using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>What an operation's saga leaves behind that ended without an outcome: by an exception that none of its steps explains, by code
/// that does not follow its history, or because a person terminated it. It is not run again unasked, since nobody knows what it would
/// do: a person is called, its instance is kept for them to look at, and the deployment is free for whatever they decide.</summary>
public sealed class FailedSagas(Endings endings, Closing closing, Pager pager)
{
    private const int WordsMax = 500;

    public static bool IsOne(OrchestrationMetadata? saga) =>
        saga?.RuntimeStatus is OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    /// <summary>The page comes first and the freed deployment after it: whoever finds it held after a crash does all of it again.</summary>
    public async Task EndAsync(Operation operation, OrchestrationMetadata saga, CancellationToken ct)
    {
        await TellAsync(operation.Deployment, saga, ct);
        await endings.BreakAsync(operation.Target, ct);
        await closing.CloseAsync(operation.Target, ct);
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
}
