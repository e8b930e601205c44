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
    public Task ReturnPlan([ActivityTrigger] BotInput input, CancellationToken ct) => SettleAsync(input, Steps.ReturnPlan, ct);

    /// <summary>For whoever took the deployment from an operation that was changing the plan: that one may not act any more.</summary>
    [Function(nameof(SettlePlan))]
    public Task SettlePlan([ActivityTrigger] BotInput input, CancellationToken ct) => SettleAsync(input, Steps.SettlePlan, ct);

    /// <summary>What the active version's plan is: neither the price nor the promise waits for the other, or for the bot.</summary>
    private Task SettleAsync(BotInput input, Step step, CancellationToken ct) =>
        steps.RunAsync(input, step, null, async deployment =>
        {
            var active = input with { Version = deployment.ActiveVersion ?? input.Version };
            var promised = room.SettleAsync(input.Vm, input.Deployment, await PlanAsync(active, ct), ct);
            var charged = ChargeAgainAsync(deployment, active, ct);
            await Task.WhenAll(promised, charged);
            return await charged;
        }, ct);

    private async Task<string> ChargeAgainAsync(Deployment deployment, BotInput input, CancellationToken ct)
    {
        try
        {
            return await ChargeAsync(deployment, input, ct);
        }
        catch (PermanentException ended) when (ended.Code == StripeGateway.Ended)
        {
            return "Its subscription has ended: nothing is charged any more.";
        }
    }

    private async Task<string> ChargeAsync(Deployment deployment, BotInput input, CancellationToken ct)
    {
        var subscription = deployment.Subscription
            ?? throw new PermanentException("not-paid", "No subscription pays for this deployment, so its plan cannot be changed.");
        var plan = await PlanAsync(input, ct);
        return await stripe.ChangePlanAsync(subscription, PlanPrice.Of(plan), ct)
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

        public Task ReturnPlan(BotInput last, Draft? draft) => draft?.Plan is null
            ? Task.CompletedTask
            : context.Settle(nameof(PlanActivities.ReturnPlan), last, Retry.Undo);

        /// <summary>Not for long: a bot waits for it, and a price that is still wrong is put right within the hour.</summary>
        public Task SettlePlan(BotInput bot) => context.Settle(nameof(PlanActivities.SettlePlan), bot, Retry.Machine);

        /// <summary>A price that cannot be set back is a failed step that people see; the bot is back all the same.</summary>
        private async Task Settle(string activity, BotInput bot, TaskOptions retry)
        {
            try
            {
                await context.CallActivityAsync(activity, bot, retry);
            }
            catch (TaskFailedException)
            {
                return;
            }
        }
    }
}
