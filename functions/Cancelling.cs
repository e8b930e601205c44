using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions;

/// <summary>How an operation is stopped, whoever asks for it.</summary>
internal static class Cancelling
{
    /// <summary>Its next step fails, and what it did is taken back. Asking again changes nothing.</summary>
    /// <exception cref="ProblemException">When it has ended, or goes through to its end.</exception>
    public static async Task CancelAsync(this DeploymentStore deployments, Operation operation, CancellationToken ct)
    {
        var deployment = await deployments.ChangeAsync(
            operation.Account, operation.Deployment,
            current => current.Operation?.Id == operation.Id && operation.Kind.Definition().IfCancelled(new([])) is not null
                ? current with { Operation = current.Operation with { Cancelled = true } }
                : null,
            ct);
        if (deployment.Operation is not { Cancelled: true } held || held.Id != operation.Id)
        {
            throw Problems.CannotCancel(operation);
        }
    }
}
