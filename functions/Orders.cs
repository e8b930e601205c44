using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <summary>What a subscription is to the deployment that it names.</summary>
/// <param name="Deployment">Null when there is none.</param>
/// <param name="IsOwn">It pays for the deployment.</param>
/// <param name="IsFirst">It has just become its own.</param>
/// <param name="IsUnneeded">There is nothing (more) to pay for with it.</param>
public sealed record Claim(Deployment? Deployment, bool IsOwn, bool IsFirst, bool IsUnneeded);

/// <summary>What was ordered and is to be paid for, and the beginning of what was paid for.</summary>
public sealed class Orders(DeploymentStore deployments, OperationStarter starter, Recorder recorder)
{
    private const string Actor = "payment";

    /// <exception cref="ProblemException">When there is no such order in the account, or nothing to pay for it.</exception>
    public async Task<(Deployment Deployment, Plan Plan)> ToBePaidAsync(string account, string? id, CancellationToken ct)
    {
        var deployment = Shared.Ids.IsValid(id, Shared.Ids.Deployment) ? await deployments.FindAsync(account, id, ct) : null;
        if (deployment is null)
        {
            throw Problems.NotFound();
        }

        if (deployment is not { Status: DeploymentStatus.Requested, Subscription: null, Operation: null })
        {
            throw Problems.WrongState(deployment, "Only an order that was not paid yet, and is not being deleted, can be paid.");
        }

        var plan = Plan.Find(deployment.Plan) ?? throw Problems.PlanNotSold(deployment.Plan);
        await recorder.ActAsync(deployment.Id, account, "open-checkout", new { deployment.Plan }, ct);
        return (deployment, plan);
    }

    public async Task<bool> IsPayableAsync(string account, string id, CancellationToken ct) =>
        await deployments.FindAsync(account, id, ct) is { } deployment && IsPayable(deployment);

    /// <summary>The first subscription that was paid belongs to the deployment, and no other.</summary>
    public async Task<Claim> ClaimAsync(Subscription subscription, CancellationToken ct)
    {
        var deployment = await deployments.FindAsync(subscription.Account, subscription.Deployment, ct);
        var isFirst = false;
        if (subscription.IsPaid && deployment is not null && IsPayable(deployment))
        {
            deployment = await deployments.ChangeAsync(
                subscription.Account, subscription.Deployment,
                now => (isFirst = IsPayable(now)) ? now with { Subscription = subscription.Id } : null, ct);
        }

        var isOwn = deployment?.Subscription == subscription.Id;
        if (isOwn && subscription.IsPaid)
        {
            await recorder.ActOnceAsync(
                $"paid-{subscription.Id}", subscription.Deployment, Actor, "paid", new { subscription = subscription.Id }, ct);
        }

        var mayBecome = deployment is not null && IsPayable(deployment) && !subscription.IsEnded;
        return new(deployment, isOwn, isFirst, !isOwn && !mayBecome);
    }

    /// <summary>Starts what was paid for, or makes sure that it was started. What failed once is started again by a person alone.</summary>
    public async Task BeginAsync(DurableTaskClient client, Claim claim, CancellationToken ct)
    {
        if (claim.Deployment is { Operation.Kind: OperationKind.Provision }
            or { Operation: null, Status: DeploymentStatus.Requested, LastOperation: null }
            || claim is { IsFirst: true, Deployment: { Operation: null, Status: DeploymentStatus.Requested } })
        {
            await starter.BeginAsync(client, claim.Deployment, OperationKind.Provision, Actor, typed: null, ct);
        }
    }

    private static bool IsPayable(Deployment deployment) =>
        deployment is { Subscription: null, Status: not DeploymentStatus.Terminated, Operation: not { Kind: OperationKind.Terminate } }
        && Plan.Find(deployment.Plan) is not null;
}
