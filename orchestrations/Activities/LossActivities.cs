using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

using Launchpad.Orchestrations.Definitions;

namespace Launchpad.Orchestrations.Activities;

/// <summary>A machine that is lost, as long as anything is left of it.</summary>
public sealed class LossActivities(VmStore vms, PlacedBots placed, Pager pager)
{
    /// <summary>Nothing is placed there from now on, and a person is told what was lost.</summary>
    [Function(nameof(CondemnVm))]
    public async Task CondemnVm([ActivityTrigger] RecoverInput input, CancellationToken ct)
    {
        if (await vms.FindAsync(input.Tier, input.Vm, ct) is not null)
        {
            await vms.ChangeAsync(input.Tier, input.Vm, vm => vm with { Status = VmStatus.Retiring }, ct);
        }

        var bots = input.Bots.Count == 0
            ? "No bot was on it."
            : $"It had {string.Join(", ", input.Bots.Select(bot => bot.Deployment))}. {ReplaceDefinition.Loss}";
        await pager.RaiseAsync(PageKind.MachineLost, input.Vm, $"The cloud does not have the machine {input.Vm} any more. {bots}", ct);
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
