using System.Text.Json;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations.Activities;

/// <summary>A saga that has its deployment and is to be started.</summary>
/// <param name="Input">As the operation's definition makes it.</param>
public sealed record Taken(string Saga, string Operation, JsonElement Input)
{
    public static Taken Of((Deployment Deployment, Operation Operation) taken)
    {
        var definition = taken.Operation.Kind.Definition();
        return new(definition.SagaOf(taken.Deployment), taken.Operation.Id, JsonSerializer.SerializeToElement(definition.Input(taken.Deployment, taken.Operation)));
    }
}

/// <param name="Restart">What to start; null when nothing is to be restarted.</param>
public sealed record CareTaken(CareKind Kind, Taken? Restart);

public sealed record TakeForReplacementInput(string Operation, string Account, string Deployment, string Lost)
    : OperationTarget(Operation, Account, Deployment);

/// <summary>What is done about a bot that is down.</summary>
public sealed class RecoverActivities(Taking taking, WayBack back, ConditionStore conditions, CareClock care)
{
    /// <summary>Takes the deployment for a restart if one is due: with its data first, where these are on no machine. One that is up and counted
    /// as failed is taken too, and its restart finds nothing to do.</summary>
    [Function(nameof(TakeCareOf))]
    public async Task<CareTaken> TakeCareOf([ActivityTrigger] OperationTarget input, CancellationToken ct)
    {
        var condition = await conditions.FindAsync(input.Account, input.Deployment, ct);
        var kind = care.Next(condition, input);
        if (kind is not CareKind.Restart
            || (await TakeAsync(input, OperationKind.Replace, null, now => now.NeedsData, ct)
                ?? await TakeAsync(input, OperationKind.Restart, null, _ => true, ct)) is not { } taken)
        {
            return new(kind is CareKind.Restart ? CareKind.Wait : kind, null);
        }

        await care.RestartedAsync(condition, input, ct);
        return new(kind, taken);
    }

    /// <summary>Null where there is no way back, or when somebody else has the deployment.</summary>
    [Function(nameof(TakeForRollback))]
    public async Task<Taken?> TakeForRollback([ActivityTrigger] OperationTarget input, CancellationToken ct)
    {
        if (await back.FindAsync(input, ct) is not { } previous)
        {
            return null;
        }

        var change = new ChangeRequest(null, null, previous, DataChoice.AsNow, "The version kept ending.");
        return await TakeAsync(input, OperationKind.Rollback, change.ToJson(), now => now.PreviousGood == previous, ct);
    }

    /// <summary>Null when somebody else has the deployment, or it stands elsewhere by now.</summary>
    [Function(nameof(TakeForReplacement))]
    public Task<Taken?> TakeForReplacement([ActivityTrigger] TakeForReplacementInput input, CancellationToken ct) =>
        TakeAsync(input, OperationKind.Replace, null, now => now.Vm == input.Lost, ct);

    /// <summary>Never what somebody else is working on, nor what was stopped on purpose.</summary>
    private async Task<Taken?> TakeAsync(
        OperationTarget target, OperationKind kind, string? request, Func<Deployment, bool> also, CancellationToken ct) =>
        await taking.TakeAsync(
            target, kind, Endings.Sweep, request,
            now => now is { Work: null, Status: DeploymentStatus.Running or DeploymentStatus.Failed }
                && kind.Definition().Refuse(now) is null && also(now),
            ct) is { } taken
            ? Taken.Of(taken)
            : null;
}

/// <summary>To the version that ran before the one that keeps ending.</summary>
public sealed class WayBack(DeploymentStore deployments, ConfigVersionStore versions, ConditionStore conditions)
{
    /// <returns>Its number. Null when none ran before, when that was on another plan, whose price its owner did not ask for, and when the
    /// machine restarted under the bot, which no version brings about.</returns>
    public async Task<int?> FindAsync(OperationTarget of, CancellationToken ct)
    {
        var now = await deployments.GetAsync(of.Account, of.Deployment, ct);
        return now.PreviousGood is { } previous
            && (await versions.GetAsync(now.Id, previous, ct)).State.Plan == now.Plan
            && await conditions.FindAsync(of.Account, of.Deployment, ct) is not { MachineRestarted: true }
                ? previous
                : null;
    }
}

/// <summary>When a bot that is down is restarted next, and what is remembered of it.</summary>
public sealed class CareClock(ConditionStore conditions, Pager pager, TimeProvider clock)
{
    public CareKind Next(Condition? condition, OperationTarget input)
    {
        var now = clock.GetUtcNow();
        condition ??= Condition.New(input.Account, input.Deployment, now);
        return condition.IsUp || condition.LastRestart == input.Operation ? CareKind.Restart : Care.Next(condition, now);
    }

    public async Task RestartedAsync(Condition? before, OperationTarget input, CancellationToken ct)
    {
        await pager.ResolveAsync(PageKind.SagaFailed, input.Deployment, ct);
        if (before is { IsUp: false })
        {
            await conditions.ChangeAsync(
                input.Account, input.Deployment, now => now.Restarted(input.Operation, clock.GetUtcNow()), ct);
        }
    }
}

/// <summary>When nothing more can be done for a bot than to call somebody.</summary>
public sealed class GiveUpActivities(DeploymentStore deployments, ConditionStore conditions, Pager pager)
{
    /// <summary>The bot counts as failed from here on, and a person is called. It is only watched, until it is restarted by hand or comes
    /// back by itself. One that somebody is working on, or has deleted, is not given up.</summary>
    [Function(nameof(GiveUp))]
    public async Task GiveUp([ActivityTrigger] SweptBot bot, CancellationToken ct)
    {
        if (await deployments.FindAsync(bot.Account, bot.Deployment, ct)
            is not { Work: null, Status: DeploymentStatus.Running or DeploymentStatus.Failed })
        {
            return;
        }

        // The person first: a bot that is given up is not looked after any more, and so would never be told of.
        var seen = await conditions.FindAsync(bot.Account, bot.Deployment, ct);
        var reason = seen?.GivenUp ?? $"Restarted {seen?.Restarts ?? 0} times without staying up. Last seen: {seen?.Said}."
            + (seen is { MachineRestarted: true } ? " Its machine restarted meanwhile, so no version is blamed: look at the machine." : "");
        await pager.RaiseAsync(PageKind.CrashLoop, bot.Deployment, reason, ct);
        await deployments.ChangeAsync(
            bot.Account, bot.Deployment,
            current => current is { Work: null, Status: DeploymentStatus.Running } ? current.To(DeploymentStatus.Failed) : null, ct);
        await conditions.ChangeAsync(bot.Account, bot.Deployment, before => before with { GivenUp = before.GivenUp ?? reason }, ct);
    }
}

public static class RecoverCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<CareTaken> TakeCareOf(OperationTarget input) =>
            context.CallActivityAsync<CareTaken>(nameof(RecoverActivities.TakeCareOf), input, Retry.Store);

        public Task<Taken?> TakeForRollback(OperationTarget input) =>
            context.CallActivityAsync<Taken?>(nameof(RecoverActivities.TakeForRollback), input, Retry.Store);

        public Task<Taken?> TakeForReplacement(TakeForReplacementInput input) =>
            context.CallActivityAsync<Taken?>(nameof(RecoverActivities.TakeForReplacement), input, Retry.Store);

        public Task GiveUp(SweptBot bot) => context.CallActivityAsync(nameof(GiveUpActivities.GiveUp), bot, Retry.Store);
    }
}
