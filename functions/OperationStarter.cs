using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <summary>Begins operations. The operation's row, which holds what was typed, comes first and counts for nothing until the deployment's
/// row is taken by compare-and-set; then the saga is scheduled under the operation's id. A crash after that is healed by
/// <see cref="ResumeAsync"/>.</summary>
public sealed class OperationStarter(
    DeploymentStore deployments, OperationStore operations, FailedSagas failed, Pager pager, IOptions<RolloutOptions> rollouts,
    TimeProvider clock, ILogger<OperationStarter> log)
{
    private static readonly OrchestrationRuntimeStatus[] Once = [.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses];

    /// <exception cref="ProblemException">When another operation holds the deployment. Terminate takes it from any but another
    /// Terminate.</exception>
    public async Task<Operation> BeginAsync(
        DurableTaskClient client, Deployment deployment, OperationKind kind, string by, Func<Deployment, ProblemException?> refuse,
        string? request, CancellationToken ct)
    {
        for (var current = deployment; ; current = await AgainAsync(deployment, ct))
        {
            if (current.Operation is { } running)
            {
                if (running.Kind == kind && kind is OperationKind.Terminate or OperationKind.Provision)
                {
                    return await ResumeAsync(client, current, ct);
                }

                if (kind is not OperationKind.Terminate)
                {
                    throw Problems.Busy(current);
                }
            }

            if (refuse(current) is { } problem)
            {
                throw problem;
            }

            var now = clock.GetUtcNow();
            var id = Shared.Ids.New(Shared.Ids.Operation, clock);
            var taken = kind switch
            {
                OperationKind.Restart => current.TakeForRestart(id, clock, by),
                OperationKind.Update or OperationKind.Upgrade or OperationKind.Rollback =>
                    current.TakeForRollout(id, kind, clock, by),
                _ => current with { Operation = new(id, kind, now, by) },
            };
            var operation = New(taken) with { Request = kind is OperationKind.Terminate ? Deletion(current, request) : request };
            await operations.AddAsync(operation, ct);
            if (await deployments.TrySaveAsync(taken, ct) || await IsHeldByAsync(taken, id, ct))
            {
                await ScheduleAsync(client, taken, operation, Once, ct);
                await pager.ResolveAsync(PageKind.SagaFailed, taken.Id, ct);
                return operation;
            }

            await operations.RemoveAsync(operation, ct);
        }
    }

    /// <summary>A save whose answer was lost is repeated by the client, and the repetition finds what the first one wrote.</summary>
    private async Task<bool> IsHeldByAsync(Deployment deployment, string operation, CancellationToken ct) =>
        (await deployments.FindAsync(deployment.Account, deployment.Id, ct))?.Operation?.Id == operation;

    private async Task<Deployment> AgainAsync(Deployment deployment, CancellationToken ct) =>
        await deployments.FindAsync(deployment.Account, deployment.Id, ct) ?? throw Problems.NotFound();

    /// <summary>Makes sure that the operation which holds the deployment has its row and its saga.</summary>
    public async Task<Operation> ResumeAsync(DurableTaskClient client, Deployment deployment, CancellationToken ct)
    {
        var operation = await operations.FindAsync(deployment.Account, deployment.Operation!.Id, ct);
        if (operation is null)
        {
            operation = New(deployment);
            await operations.AddAsync(operation, ct);
        }

        var saga = await client.GetInstanceAsync(operation.Id, getInputsAndOutputs: true, ct);
        if (FailedSagas.IsOne(saga))
        {
            await failed.EndAsync(deployment, operation, saga!, ct);
        }
        else if (saga is { IsCompleted: true })
        {
            // The saga ended, yet the tables still say that it holds the deployment: rows were lost. Every step looks before it acts.
            log.LogWarning("The tables lost the end of {Operation}: its saga runs again", operation.Id);
            await ScheduleAsync(client, deployment, operation, Recoveries.Going, ct);
        }
        else if (saga is null)
        {
            await ScheduleAsync(client, deployment, operation, Once, ct);
        }

        return operation;
    }

    /// <param name="client">Of the engine.</param>
    /// <param name="deployment">As it was taken.</param>
    /// <param name="operation">Its row is there.</param>
    /// <param name="unless">In which states an instance of this id is left alone; any other makes place for the new one.</param>
    /// <param name="ct">Stops the wait.</param>
    private async Task ScheduleAsync(
        DurableTaskClient client, Deployment deployment, Operation operation, OrchestrationRuntimeStatus[] unless, CancellationToken ct)
    {
        var (account, id, tier) = (deployment.Account, deployment.Id, Plan.Get(deployment.Plan).Tier);
        (string Saga, object Input) start = operation.Kind switch
        {
            OperationKind.Provision => (nameof(Provision),
                new ProvisionInput(operation.Id, account, id, operation.Deadline.UtcDateTime, operation.By)),
            OperationKind.Terminate => (nameof(Terminate),
                Input(deployment, operation, DeletionRequest.Parse(operation.Request))),
            OperationKind.Update or OperationKind.Upgrade or OperationKind.Rollback or OperationKind.Plan => (nameof(Rollout),
                Input(deployment, operation, ChangeRequest.Parse(operation.Request))),
            OperationKind.Suspend => (nameof(Suspend),
                new BotInput(operation.Id, account, id, tier, deployment.Vm!, deployment.ActiveVersion!.Value)),
            OperationKind.Restart or OperationKind.Resume => (nameof(Restart),
                new RestartInput(
                    operation.Id, account, id, tier, deployment.Vm!, deployment.ActiveVersion!.Value, operation.Deadline.UtcDateTime)),
            OperationKind.TestMessage => (nameof(TestMessage),
                new TestMessageInput(operation.Id, account, id, tier, deployment.Vm!, deployment.ActiveVersion!.Value)),
            OperationKind.PairBrowser => (nameof(PairBrowser),
                new BotInput(operation.Id, account, id, tier, deployment.Vm!, deployment.ActiveVersion!.Value)),
            _ => throw new InvalidOperationException($"No saga is known for {operation.Kind}."),
        };
        var options = new StartOrchestrationOptions(operation.Id).WithDedupeStatuses(unless);
        await operations.RecordAsync(operation, ct);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(start.Saga, start.Input, options, ct);
        }
        catch (DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException)
        {
            // Someone else healed the same gap a moment earlier: it runs, once.
        }
    }

    private static RolloutInput Input(Deployment deployment, Operation operation, ChangeRequest change) => new(
        operation.Id, deployment.Account, deployment.Id, Plan.Get(deployment.Plan).Tier, deployment.Vm!, change.Tag, change.Data,
        operation.Kind is OperationKind.Plan, operation.Deadline.UtcDateTime, change is { Version: not null, Data: DataChoice.AsAtSwitch });

    private static TerminateInput Input(Deployment deployment, Operation operation, DeletionRequest deletion) => new(
        operation.Id, deployment.Account, deployment.Id, Plan.Get(deployment.Plan).Tier, operation.Deadline.UtcDateTime, deletion.Preempted,
        deletion.Until.UtcDateTime, deployment.Vm, deployment.ActiveVersion, deletion.Resume);

    /// <summary>Only a bot that has data on a machine has something that could be wanted back.</summary>
    private string Deletion(Deployment current, string? request)
    {
        var hasData = current is { Vm: not null, ActiveVersion: not null } && request != DeletionRequest.AtOnce;
        var until = clock.GetUtcNow() + (hasData ? rollouts.Value.UndoWindow : TimeSpan.Zero);
        return new DeletionRequest(current.Operation?.Id, until, current.Status is not DeploymentStatus.Suspended).ToJson();
    }

    private Operation New(Deployment deployment)
    {
        var held = deployment.Operation!;
        return new(
            held.Id, deployment.Account, deployment.Id, held.Kind, OperationStatus.Accepted, held.By, held.Since,
            held.Since + Allowed(held.Kind));
    }

    private TimeSpan Allowed(OperationKind kind) => kind switch
    {
        OperationKind.Update or OperationKind.Upgrade or OperationKind.Rollback => TimeSpan.FromMinutes(30),
        OperationKind.Plan or OperationKind.Suspend or OperationKind.Resume => TimeSpan.FromMinutes(10),
        OperationKind.Terminate => rollouts.Value.UndoWindow + TimeSpan.FromHours(1),
        OperationKind.Provision => TimeSpan.FromMinutes(20),
        OperationKind.TestMessage or OperationKind.PairBrowser => TimeSpan.FromMinutes(5),
        OperationKind.Restart => TimeSpan.FromMinutes(10),
        _ => TimeSpan.FromHours(1),
    };
}
