using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.Extensions.Options;

namespace Launchpad.Orchestrations.Activities;

/// <summary>Gives an operation its deployment, whoever asks for it: a customer, a payment or a sweep. The operation's row, which holds what
/// was typed, comes first and counts for nothing until the deployment's row is taken by compare-and-set, so that whoever follows the
/// name of an operation finds it.</summary>
public sealed class Taking(DeploymentStore deployments, OperationRows rows, Closing closing, TimeProvider clock)
{
    /// <param name="target">The same when the caller runs again, which finds what it took before.</param>
    /// <param name="kind">Of the operation.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="typed">What was typed, where the kind takes something; null otherwise.</param>
    /// <param name="may">Whether the deployment, as it is now, may be taken; it can also throw what a caller is told.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Null when the deployment is not to be had, or the operation has had it: then there is nothing to start.</returns>
    public async Task<(Deployment Deployment, Operation Operation)?> TakeAsync(
        OperationTarget target, OperationKind kind, string by, string? typed, Func<Deployment, bool> may, CancellationToken ct)
    {
        while (true)
        {
            var current = await deployments.GetAsync(target.Account, target.Deployment, ct);
            if (current.Operation?.Id == target.Operation)
            {
                return (current, await rows.OfHolderAsync(current, ct));
            }

            if (current.LastOperation == target.Operation || !await MayAsync(may, current, target, ct))
            {
                return null;
            }

            if (current.Ending is not null)
            {
                await closing.CloseAsync(current, ct);
                continue;
            }

            // What its saga could not be given it does not take: nobody would ever give it back.
            var taken = kind.Definition().Begin(current) with { Operation = new(target.Operation, kind, clock.GetUtcNow(), by) };
            var operation = rows.Make(current, taken, typed);
            _ = kind.Definition().Input(taken, operation);
            await rows.AddAsync(operation, ct);
            if (await deployments.TrySaveAsync(taken, ct))
            {
                return (taken, await rows.OfHolderAsync(taken, ct));
            }
        }
    }

    /// <summary>What was added for an attempt that another one was faster than goes with the refusal.</summary>
    private async Task<bool> MayAsync(Func<Deployment, bool> may, Deployment current, OperationTarget target, CancellationToken ct)
    {
        var isAllowed = false;
        try
        {
            isAllowed = may(current);
            return isAllowed;
        }
        finally
        {
            if (!isAllowed)
            {
                await rows.RemoveAsync(target, ct);
            }
        }
    }
}

/// <summary>The rows of operations, as their definitions make them.</summary>
public sealed class OperationRows(OperationStore operations, IOptions<RolloutOptions> options)
{
    /// <param name="before">The deployment as it is found.</param>
    /// <param name="taken">The deployment in the hands of the operation.</param>
    /// <param name="typed">What was typed; null where nothing is.</param>
    public Operation Make(Deployment before, Deployment taken, string? typed)
    {
        var held = taken.Operation!;
        var definition = held.Kind.Definition();
        return new(
            held.Id, taken.Account, taken.Id, held.Kind, OperationStatus.Accepted, held.By, held.Since,
            held.Since + definition.Allowed(options.Value), definition.Request(before, typed, held.Since, options.Value));
    }

    public Task AddAsync(Operation operation, CancellationToken ct) => operations.AddAsync(operation, ct);

    /// <summary>The operation that holds the deployment, which is recorded from here on. Its row is put back if it was lost, and what was
    /// typed is lost with it.</summary>
    public async Task<Operation> OfHolderAsync(Deployment deployment, CancellationToken ct)
    {
        var id = deployment.Operation!.Id;
        var operation = await operations.FindAsync(deployment.Account, id, ct);
        if (operation is null)
        {
            await AddAsync(Make(deployment with { Operation = null }, deployment, typed: null), ct);
            operation = (await operations.FindAsync(deployment.Account, id, ct))!;
        }

        await operations.RecordAsync(operation, operation.Kind.Definition().Verb(operation), ct);
        return operation;
    }

    /// <summary>For one that never got its deployment.</summary>
    public async Task RemoveAsync(OperationTarget target, CancellationToken ct)
    {
        if (await operations.FindAsync(target.Account, target.Operation, ct) is { } orphan)
        {
            await operations.RemoveAsync(orphan, ct);
        }
    }
}
