using Launchpad.Shared;
using Launchpad.Shared.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <summary>What a version on another plan costs: room on the machine before it is tried, and money once it has proved itself.</summary>
public sealed class PlanActivities(ConfigVersionStore versions, PlanRoom room, StripeGateway stripe, StepLog steps)
{
    /// <summary>A smaller plan keeps the memory of the one before until its version runs.</summary>
    [Function(nameof(ReservePlan))]
    public Task ReservePlan([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.PlanRoom, null, async _ =>
        {
            var plan = await PlanAsync(input, ct);
            await room.ReserveAsync(input.Vm, input.Deployment, plan, ct);
            return $"{plan.MemoryMb} MB of memory and {plan.StorageMb} MB of storage.";
        }, ct);

    [Function(nameof(ChangePrice))]
    public Task ChangePrice([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Price, null, async deployment => await ChargeAsync(deployment, input, ct), ct);

    /// <summary>Money and memory are those of the version that runs again.</summary>
    [Function(nameof(ReturnPlan))]
    public Task ReturnPlan([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.ReturnPlan, null, async deployment =>
        {
            await room.SettleAsync(input.Vm, input.Deployment, await PlanAsync(input, ct), ct);
            return await ChargeAsync(deployment, input, ct);
        }, ct);

    private async Task<string> ChargeAsync(Deployment deployment, BotInput input, CancellationToken ct)
    {
        var subscription = deployment.Subscription
            ?? throw new PermanentException("not-paid", "No subscription pays for this deployment, so its plan cannot be changed.");
        var plan = await PlanAsync(input, ct);
        var changed = await stripe.ChangePlanAsync(
            new(subscription, plan.Id, plan.PriceLookupKey, plan.MonthlyCents, plan.Currency, $"plan-{input.Operation}-{plan.Id}"), ct);
        return changed
            ? $"{plan.Name} from now on; the difference for this period is on the next invoice, to the second."
            : $"It costs what {plan.Name} costs already.";
    }

    private async Task<Plan> PlanAsync(BotInput input, CancellationToken ct) =>
        Plan.Get((await versions.GetAsync(input.Deployment, input.Version, ct)).State.Plan);
}

/// <summary>None of them does anything for a version that stays on its plan.</summary>
public static class PlanCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task ReservePlan(BotInput next, Draft draft) => draft.Plan is null
            ? Task.CompletedTask
            : context.CallActivityAsync(nameof(PlanActivities.ReservePlan), next, Retry.Machine);

        public Task ChangePrice(BotInput next, Draft draft) => draft.Plan is null
            ? Task.CompletedTask
            : context.CallActivityAsync(nameof(PlanActivities.ChangePrice), next, Retry.Machine);

        /// <summary>A price that cannot be set back is a failed step that people see; the bot is back all the same.</summary>
        public async Task ReturnPlan(BotInput last, Draft? draft)
        {
            if (draft?.Plan is null)
            {
                return;
            }

            try
            {
                await context.CallActivityAsync(nameof(PlanActivities.ReturnPlan), last, Retry.Undo);
            }
            catch (TaskFailedException)
            {
                return;
            }
        }
    }
}
