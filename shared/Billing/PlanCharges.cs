using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;

namespace Launchpad.Shared.Billing;

/// <summary>What a deployment costs at the provider is what its plan costs. An operation that changes the plan sees to that itself; this
/// mends what one could not, or what somebody changed there.</summary>
public sealed class PlanCharges(DeploymentStore deployments, StripeGateway stripe, Recorder recorder)
{
    public async Task MendAsync(string account, string id, CancellationToken ct)
    {
        if (await deployments.FindAsync(account, id, ct) is not
            { Operation: null, ActiveVersion: not null, Subscription: { } subscription, Status: not DeploymentStatus.Terminated } deployment
            || Plan.Find(deployment.Plan) is not { } plan)
        {
            return;
        }

        try
        {
            if (await stripe.ChangePlanAsync(subscription, PlanPrice.Of(plan), ct))
            {
                await recorder.ActAsync(id, "sweep", "price-mended", new { subscription, deployment.Plan }, ct);
            }
        }
        catch (PermanentException ended) when (ended.Code == StripeGateway.Ended)
        {
            // Nothing is charged any more.
        }
    }
}
