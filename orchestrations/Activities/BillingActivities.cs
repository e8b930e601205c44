using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Options;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>What was ordered, as far as the saga has to know.</summary>
public sealed record Order(Tier Tier);

/// <summary>What was paid for, and the end of paying for it.</summary>
public sealed class BillingActivities(
    DeploymentStore deployments, SubscriptionStore subscriptions, StripeGateway stripe, StepLog steps, TimeProvider clock,
    IOptions<QuotaOptions> quota)
{
    [Function(nameof(ValidateOrder))]
    public Task<Order> ValidateOrder([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Validate, null, async deployment =>
        {
            var plan = Plan.Get(deployment.Plan);
            if (!(await subscriptions.OfAsync(input.Account, input.Deployment, ct)).Any(subscription => subscription.IsPaid))
            {
                throw new PermanentException("not-paid", "No paid subscription belongs to this deployment.");
            }

            var live = await deployments.CountLiveAsync(input.Account, ct);
            return live > quota.Value.DeploymentsMax
                ? throw new PermanentException(
                    "quota-reached", $"This account has {live} deployments; {quota.Value.DeploymentsMax} are allowed.")
                : (new Order(plan.Tier), (string?)$"{plan.Name}: {plan.MemoryMb} MB, {plan.Cpus} CPU, {plan.StorageMb / 1024} GB");
        }, ct);

    [Function(nameof(CancelSubscriptions))]
    public Task CancelSubscriptions([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.CancelSubscription, null, async _ =>
        {
            var held = await subscriptions.OfAsync(input.Account, input.Deployment, ct);
            foreach (var subscription in held)
            {
                await stripe.CancelSubscriptionAsync(subscription.Id, ct);
                await subscriptions.SaveAsync(subscription with { Status = "canceled", AsOf = clock.GetUtcNow() }, ct);
            }

            return held.Count == 0 ? "There was none." : $"{held.Count} cancelled; nothing more will be charged.";
        }, ct);
}

public static class BillingCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<Order> ValidateOrder(OperationTarget input) =>
            context.CallActivityAsync<Order>(nameof(BillingActivities.ValidateOrder), input, Retry.Store);

        public Task CancelSubscriptions(OperationTarget input) =>
            context.CallActivityAsync(nameof(BillingActivities.CancelSubscriptions), input, Retry.Undo);
    }
}
