using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>Begins operations. The deployment's row is taken first by compare-and-set, then the operation's row is written and the saga
/// scheduled under the operation's id; a crash in between is healed by doing the last two again, which <see cref="ResumeAsync"/>
/// does.</summary>
public sealed class OperationStarter(
    DeploymentStore deployments, OperationStore operations, TimeProvider clock, ILogger<OperationStarter> log)
{
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
            var taken = kind is OperationKind.Restart
                ? current.TakeForRestart(id, clock, by)
                : current with { Operation = new(id, kind, now, by) };
            if (await deployments.TrySaveAsync(taken, ct))
            {
                var operation = New(taken) with { Request = kind is OperationKind.Terminate ? current.Operation?.Id : request };
                await operations.AddAsync(operation, ct);
                await ScheduleAsync(client, taken, operation, ct);
                return operation;
            }
        }
    }

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

        var saga = await client.GetInstanceAsync(operation.Id, ct);
        if (saga is { IsCompleted: true })
        {
            // The saga ended, yet the tables still say that it holds the deployment: rows were lost. Every step looks before it acts.
            log.LogWarning("The tables lost the end of {Operation}: its saga runs again", operation.Id);
            await client.PurgeInstanceAsync(operation.Id, ct);
            saga = null;
        }

        if (saga is null)
        {
            await ScheduleAsync(client, deployment, operation, ct);
        }

        return operation;
    }

    private static async Task ScheduleAsync(DurableTaskClient client, Deployment deployment, Operation operation, CancellationToken ct)
    {
        var (account, id, tier) = (deployment.Account, deployment.Id, Plan.Get(deployment.Plan).Tier);
        (string Saga, object Input) start = operation.Kind switch
        {
            OperationKind.Provision => (nameof(Provision),
                new ProvisionInput(operation.Id, account, id, operation.Deadline.UtcDateTime, operation.By)),
            OperationKind.Terminate => (nameof(Terminate),
                new TerminateInput(operation.Id, account, id, tier, operation.Deadline.UtcDateTime, operation.Request)),
            OperationKind.Restart => (nameof(Restart),
                new RestartInput(
                    operation.Id, account, id, tier, deployment.Vm!, deployment.ActiveVersion!.Value, operation.Deadline.UtcDateTime)),
            OperationKind.TestMessage => (nameof(TestMessage),
                new TestMessageInput(operation.Id, account, id, tier, deployment.Vm!, deployment.ActiveVersion!.Value)),
            OperationKind.PairBrowser => (nameof(PairBrowser),
                new BotInput(operation.Id, account, id, tier, deployment.Vm!, deployment.ActiveVersion!.Value)),
            _ => throw new InvalidOperationException($"No saga is known for {operation.Kind}."),
        };
        var options = new StartOrchestrationOptions(operation.Id)
            .WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(start.Saga, start.Input, options, ct);
        }
        catch (DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException)
        {
            // Someone else healed the same gap a moment earlier: it runs, once.
        }
    }

    private static Operation New(Deployment deployment)
    {
        var held = deployment.Operation!;
        return new(
            held.Id, deployment.Account, deployment.Id, held.Kind, OperationStatus.Accepted, held.By, held.Since,
            held.Since + Allowed(held.Kind));
    }

    private static TimeSpan Allowed(OperationKind kind) => kind switch
    {
        OperationKind.Provision => TimeSpan.FromMinutes(20),
        OperationKind.TestMessage or OperationKind.PairBrowser => TimeSpan.FromMinutes(5),
        OperationKind.Restart => TimeSpan.FromMinutes(10),
        _ => TimeSpan.FromHours(1),
    };
}
