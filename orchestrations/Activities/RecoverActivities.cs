using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations.Activities;

/// <param name="Restart">What to start; null when nothing is to be restarted.</param>
public sealed record CareTaken(CareKind Kind, RestartInput? Restart);

/// <summary>What is done about a bot that is down, and when somebody has to be called.</summary>
public sealed class RecoverActivities(
    DeploymentStore deployments, ConditionStore conditions, OperationStore operations, Pager pager, TimeProvider clock)
{
    /// <summary>Who asks for what nobody asked for.</summary>
    public const string By = "sweep";

    private static readonly TimeSpan RestartMax = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RollbackMax = TimeSpan.FromMinutes(30);

    /// <summary>Takes the deployment for a restart if one is due. One that is up and counted as failed is taken too, and its restart finds
    /// nothing to do.</summary>
    [Function(nameof(TakeCareOf))]
    public async Task<CareTaken> TakeCareOf([ActivityTrigger] DeploymentInput input, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var condition = await conditions.FindAsync(input.Account, input.Deployment, ct)
            ?? Condition.New(input.Account, input.Deployment, now);
        var isBack = condition.IsUp;
        var care = isBack || condition.LastRestart == input.Operation ? CareKind.Restart : Care.Next(condition, now);
        if (care is not CareKind.Restart)
        {
            return new(care, null);
        }

        var deployment = await Takes.TakeAsync(
            deployments, operations, input,
            current => current is { Operation: null, Status: DeploymentStatus.Running or DeploymentStatus.Failed, ActiveVersion: not null }
                ? current.TakeForRestart(input.Operation, clock, By)
                : null,
            taken => new(
                input.Operation, input.Account, input.Deployment, OperationKind.Restart, OperationStatus.Accepted, By,
                taken.Operation!.Since, taken.Operation.Since + RestartMax),
            ct);
        if (deployment is null)
        {
            return new(CareKind.Wait, null);
        }

        await pager.ResolveAsync(PageKind.SagaFailed, input.Deployment, ct);
        if (!isBack)
        {
            await conditions.ChangeAsync(input.Account, input.Deployment, before => before.Restarted(input.Operation, now), ct);
        }

        return new(care, new(
            input.Operation, input.Account, input.Deployment, Plan.Get(deployment.Plan).Tier, deployment.Vm!,
            deployment.ActiveVersion!.Value, (deployment.Operation!.Since + RestartMax).UtcDateTime));
    }

    /// <summary>Null when no version ran before this one, or somebody else has the deployment.</summary>
    [Function(nameof(TakeForRollback))]
    public async Task<RolloutInput?> TakeForRollback([ActivityTrigger] DeploymentInput input, CancellationToken ct)
    {
        var before = await deployments.GetAsync(input.Account, input.Deployment, ct);
        if (before.PreviousGood is not { } previous)
        {
            return null;
        }

        var change = new ChangeRequest(null, null, previous, DataChoice.AsNow, "The version kept ending.");
        return await Takes.TakeAsync(
            deployments, operations, input,
            current => current is { Operation: null, Status: DeploymentStatus.Running or DeploymentStatus.Failed } && current.PreviousGood == previous
                ? current.TakeForRollout(input.Operation, OperationKind.Rollback, clock, By)
                : null,
            taken => new(
                input.Operation, input.Account, input.Deployment, OperationKind.Rollback, OperationStatus.Accepted, By,
                taken.Operation!.Since, taken.Operation.Since + RollbackMax, change.ToJson()),
            ct) is not { } taken
            ? null
            : new(
                input.Operation, input.Account, input.Deployment, Plan.Get(taken.Plan).Tier, taken.Vm!, Tag: null, change.Data,
                PlanOnly: false, (taken.Operation!.Since + RollbackMax).UtcDateTime);
    }

    /// <summary>The bot counts as failed from here on, and a person is called. It is only watched, until it is restarted by hand or comes
    /// back by itself.</summary>
    [Function(nameof(GiveUp))]
    public async Task GiveUp([ActivityTrigger] SweptBot bot, CancellationToken ct)
    {
        var condition = await conditions.ChangeAsync(
            bot.Account, bot.Deployment,
            before => before with
            {
                GivenUp = before.GivenUp ?? $"Restarted {before.Restarts} times without staying up. Last seen: {before.Said}.",
            },
            ct);
        await deployments.ChangeAsync(
            bot.Account, bot.Deployment,
            current => current is { Operation: null, Status: DeploymentStatus.Running } ? current.To(DeploymentStatus.Failed) : null, ct);
        await pager.RaiseAsync(PageKind.CrashLoop, bot.Deployment, condition.GivenUp!, ct);
    }
}

public static class RecoverCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<CareTaken> TakeCareOf(DeploymentInput input) =>
            context.CallActivityAsync<CareTaken>(nameof(RecoverActivities.TakeCareOf), input, Retry.Store);

        public Task<RolloutInput?> TakeForRollback(DeploymentInput input) =>
            context.CallActivityAsync<RolloutInput?>(nameof(RecoverActivities.TakeForRollback), input, Retry.Store);

        public Task GiveUp(SweptBot bot) => context.CallActivityAsync(nameof(RecoverActivities.GiveUp), bot, Retry.Store);
    }
}
