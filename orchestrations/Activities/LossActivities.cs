using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations.Activities;

/// <summary>A machine that is lost, as long as anything is left of it.</summary>
public sealed class LossActivities(VmStore vms, DeploymentStore deployments, PlacedBots placed, Pager pager)
{
    /// <summary>Nothing is placed there from now on, what had data there is not started without them, also what is stopped now, and a person is
    /// told what was lost.</summary>
    [Function(nameof(CondemnVm))]
    public async Task CondemnVm([ActivityTrigger] RecoverInput input, CancellationToken ct)
    {
        var owned = await vms.FindAsync(input.Tier, input.Vm, ct) is null ? null
            : (await vms.ChangeAsync(input.Tier, input.Vm, vm => vm with { Status = VmStatus.Retiring }, ct)).Owners
                .Select(owner => new SweptBot(owner.Value, owner.Key));
        var lost = input.Bots.Union(owned ?? []).ToList();
        foreach (var bot in lost)
        {
            await MarkAsync(bot, input.Vm, ct);
        }

        var bots = lost.Count == 0
            ? "No bot was on it."
            : $"It had {string.Join(", ", lost.Select(bot => bot.Deployment))}. {ReplaceDefinition.Loss} One that is stopped comes back when it is resumed.";
        await pager.RaiseAsync(PageKind.MachineLost, input.Vm, $"The cloud does not have the machine {input.Vm} any more. {bots}", ct);
    }

    private async Task MarkAsync(SweptBot bot, string vm, CancellationToken ct)
    {
        if (await deployments.FindAsync(bot.Account, bot.Deployment, ct) is not null)
        {
            await deployments.ChangeAsync(
                bot.Account, bot.Deployment,
                now => now is { ActiveVersion: not null, NeedsData: false } && now.Vm == vm ? now with { NeedsData = true } : null, ct);
        }
    }

    /// <summary>The incident is over when no bot waits for this machine any more.</summary>
    [Function(nameof(CloseLoss))]
    public async Task CloseLoss([ActivityTrigger] RecoverInput input, CancellationToken ct)
    {
        var known = (await vms.FindAsync(input.Tier, input.Vm, ct))?.Owners.Select(owned => new SweptBot(owned.Value, owned.Key)) ?? [];
        foreach (var bot in input.Bots.Union(known))
        {
            if (await placed.FindAsync(bot.Account, bot.Deployment, ct) is { Bot: { } waiting } && waiting.Vm == input.Vm)
            {
                return;
            }
        }

        await pager.ResolveAsync(PageKind.MachineLost, input.Vm, ct);
    }
}

public static class LossCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task CondemnVm(RecoverInput input) => context.CallActivityAsync(nameof(LossActivities.CondemnVm), input, Retry.Store);

        public Task CloseLoss(RecoverInput input) => context.CallActivityAsync(nameof(LossActivities.CloseLoss), input, Retry.Store);
    }
}
