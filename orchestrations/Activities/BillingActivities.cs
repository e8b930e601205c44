using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>What was ordered, as far as the saga has to know.</summary>
/// <param name="Clones">True when it finds the data of another bot's backup.</param>
public sealed record Order(Tier Tier, bool Clones = false);

/// <summary>What was paid for, and the end of paying for it.</summary>
public sealed class BillingActivities(SubscriptionStore subscriptions, FinalSettlement settlement, Quota quota, StepLog steps)
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

            var left = await quota.LeftAsync(input.Account, ct);
            return left < 0
                ? throw new PermanentException(
                    "quota-reached", $"This account has {quota.Max - left} deployments; {quota.Max} are allowed.")
                : (new Order(plan.Tier, deployment.Origin is not null), (string?)$"{plan.Name}: {plan.MemoryMb} MB, {plan.Cpus} CPU, {plan.StorageMb / 1024} GB");
        }, ct);

    /// <summary>Also of what our own rows have lost, and of payment pages that are still open.</summary>
    [Function(nameof(CancelSubscriptions))]
    public Task CancelSubscriptions([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.CancelSubscription, null, async deployment =>
        {
            var ended = await settlement.SettleAsync(deployment, deployment.Operation!.Since, ct);
            return ended == 0 ? "There was none." : $"{ended} cancelled; nothing more will be charged.";
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
