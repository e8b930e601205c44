using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Secrets;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

public sealed record SealInput(string Operation, string Account, string Deployment, string Image, string By)
    : OperationTarget(Operation, Account, Deployment);

/// <summary>The desired state as an immutable version, and the one secret that nobody types: the gateway token.</summary>
public sealed class ConfigActivities(ConfigVersionStore versions, BotSecrets secrets, Bots bots, StepLog steps)
{
    [Function(nameof(SealConfig))]
    public Task<int> SealConfig([ActivityTrigger] SealInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Seal, null, async deployment =>
        {
            await secrets.EnsureRandomAsync(input.Deployment, BotSecretNames.GatewayToken, ct);
            var references = (await secrets.ReferencesAsync(input.Deployment, ct)).OrderBy(secret => secret.Name, StringComparer.Ordinal);
            var state = new DesiredState(
                input.Image, deployment.Plan, deployment.Settings, [.. references], bots.Egress(deployment.Settings));
            var number = (await versions.DraftAsync(input.Deployment, state, input.By, "Provision", ct)).Number;
            return (number, (string?)$"Version {number}, {state.Hash()[..12]}…");
        }, ct);

    /// <summary>What the customer typed stays for the next try; what was made for this one goes.</summary>
    [Function(nameof(UnsealConfig))]
    public Task UnsealConfig([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.UndoSeal, null, async _ =>
        {
            await secrets.EraseAsync(input.Deployment, BotSecretNames.GatewayToken, ct);
            if (await versions.NewestAsync(input.Deployment, ct) is { Status: ConfigVersionStatus.Pending } pending)
            {
                await versions.MarkAsync(input.Deployment, pending.Number, ConfigVersionStatus.Failed, ct);
            }

            return null;
        }, ct);
}

public static class ConfigCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<int> SealConfig(SealInput input) =>
            context.CallActivityAsync<int>(nameof(ConfigActivities.SealConfig), input, Retry.Store);

        public Task UnsealConfig(OperationTarget input) =>
            context.CallActivityAsync(nameof(ConfigActivities.UnsealConfig), input, Retry.Undo);
    }
}
