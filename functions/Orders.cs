using Launchpad.Functions.Access;
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
public sealed class Orders(DeploymentStore deployments, SubscriptionStore subscriptions, OperationStarter starter, Recorder recorder)
{
    private const string Actor = Arrears.Actor;

    /// <exception cref="ProblemException">When there is no such order in the account, or nothing to pay for it.</exception>
    public async Task<(Deployment Deployment, Plan Plan)> ToBePaidAsync(Caller by, string? id, CancellationToken ct)
    {
        var account = by.Account.Id;
        var deployment = Shared.Ids.IsValid(id, Shared.Ids.Deployment) ? await deployments.FindAsync(account, id, ct) : null;
        if (deployment is null)
        {
            throw Problems.NotFound();
        }

        if (!Abilities.MayPay(deployment) || deployment is { Status: DeploymentStatus.Requested, Operation: not null })
        {
            throw Problems.WrongState(deployment, "Only what is not paid for, and is not being deleted, can be paid.");
        }

        var plan = Plan.FindSold(deployment.Plan) ?? throw Problems.PlanNotSold(deployment.Plan);
        await recorder.ActAsync(deployment.Id, by.Actor, "open-checkout", new { deployment.Plan }, ct);
        return (deployment, plan);
    }

    public async Task<bool> IsPayableAsync(string account, string id, CancellationToken ct) =>
        await deployments.FindAsync(account, id, ct) is { } deployment && IsPayable(deployment, await EndedAsync(deployment, ct));

    public async Task<bool> IsOnLadderAsync(string account, string id, CancellationToken ct) =>
        await deployments.FindAsync(account, id, ct) is { Ladder: not null, Status: not DeploymentStatus.Terminated };

    /// <summary>The first subscription that was paid belongs to the deployment, and no other until that one has ended.</summary>
    public async Task<Claim> ClaimAsync(Subscription subscription, CancellationToken ct)
    {
        var deployment = await deployments.FindAsync(subscription.Account, subscription.Deployment, ct);
        var isFirst = false;
        var ended = deployment is null ? null : await EndedAsync(deployment, ct);
        if (subscription.IsPaid && deployment is not null && IsPayable(deployment, ended))
        {
            deployment = await deployments.ChangeAsync(
                subscription.Account, subscription.Deployment,
                now => (isFirst = IsPayable(now, ended))
                    ? now with
                    {
                        Subscription = subscription.Id,
                        FormerSubscriptions = ended is null ? now.FormerSubscriptions : [.. now.FormerSubscriptions, ended],
                    }
                    : null,
                ct);
        }

        var isOwn = deployment?.Subscription == subscription.Id;
        if (isOwn && subscription.IsPaid)
        {
            await recorder.ActOnceAsync(
                $"paid-{subscription.Id}", subscription.Deployment, Actor, subscription.IsTrial ? "trial" : "paid", new { subscription = subscription.Id }, ct);
        }

        var mayBecome = deployment is not null && IsPayable(deployment, ended) && !subscription.IsEnded;
        var wasOwn = deployment?.FormerSubscriptions.Contains(subscription.Id) == true;
        return new(deployment, isOwn, isFirst, !isOwn && !wasOwn && !mayBecome);
    }

    /// <summary>Starts what was paid for, or makes sure that it was started. What failed once is started again by a person alone.</summary>
    public async Task BeginAsync(DurableTaskClient client, Claim claim, CancellationToken ct)
    {
        if (claim.Deployment is { Operation.Kind: OperationKind.Provision }
            or { Operation: null, Status: DeploymentStatus.Requested, LastOperation: null }
            || claim is { IsFirst: true, Deployment: { Operation: null, Status: DeploymentStatus.Requested } })
        {
            await starter.BeginAsync(client, claim.Deployment, OperationKind.Provision, new Unbound(Actor), typed: null, ct);
        }
    }

    /// <summary>What paid for it and has ended, so that another may take its place; null while it has not, and where nothing did.</summary>
    private async Task<string?> EndedAsync(Deployment deployment, CancellationToken ct) =>
        deployment is { Subscription: { } own, ActiveVersion: not null }
            && await subscriptions.FindAsync(deployment.Account, own, ct) is { IsEnded: true }
            ? own
            : null;

    private static bool IsPayable(Deployment deployment, string? ended) =>
        deployment is { Status: not DeploymentStatus.Terminated, Operation: not { Kind: OperationKind.Terminate } }
        && deployment.Subscription == ended
        && Plan.FindSold(deployment.Plan) is not null;
}
