using Launchpad.Functions.Access;
using Launchpad.Orchestrations.Activities;
using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions;

/// <summary>Empties the machines that an operator wants empty. A machine without bots is deleted by its own saga.</summary>
public sealed class MachineDrains(VmStore vms, DrainMoves moves, ILogger<MachineDrains> log)
{
    [Function("DrainMachines")]
    public async Task Drain(
        [TimerTrigger("20 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        foreach (var tier in Enum.GetValues<Tier>())
        {
            await foreach (var vm in vms.UnsettledAsync(tier, ct).Where(vm => vm is { Status: VmStatus.Ready, Wish: VmWish.Drain }))
            {
                await log.AloneAsync(vm.Id, () => DrainAsync(client, vm, ct));
            }
        }
    }

    private async Task DrainAsync(DurableTaskClient client, Vm vm, CancellationToken ct)
    {
        var said = await moves.BeginAsync(client, vm, ct);
        await vms.ChangeAsync(vm.Pool, vm.Id, now => now.Progress?.Said == said ? now : now with { Progress = new(said) }, ct);
    }
}

/// <summary>Has the bots of one machine move, a few at a time.</summary>
public sealed class DrainMoves(DeploymentStore deployments, OperationStore operations, OperationStarter starter, TimeProvider clock)
{
    private const int AtOnceMax = 2;

    /// <summary>A bot that could not move is asked again then.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(15);

    /// <returns>How that stands, in words.</returns>
    public async Task<string> BeginAsync(DurableTaskClient client, Vm vm, CancellationToken ct)
    {
        var (moving, waiting) = (new List<string>(), new List<string>());
        foreach (var (id, account) in vm.Owners.Where(owned => !vm.Left.Contains(owned.Key)))
        {
            var bot = await deployments.FindAsync(account, id, ct);
            if (bot?.Operation is { Kind: OperationKind.Move })
            {
                moving.Add(id);
            }
            else if (bot is not null && (await WhyNotAsync(bot, vm, moving.Count, ct) ?? await TryBeginAsync(client, bot, ct)) is { } reason)
            {
                waiting.Add($"{id}: {reason}");
            }
            else if (bot is not null)
            {
                moving.Add(id);
            }
        }

        return moving.Count + waiting.Count == 0
            ? "It is empty."
            : $"{moving.Count} on their way to another machine ({string.Join(", ", moving)}), {waiting.Count} to come. {string.Join(" ", waiting)}".TrimEnd();
    }

    /// <returns>Why it could not be begun; null when it was.</returns>
    private async Task<string?> TryBeginAsync(DurableTaskClient client, Deployment bot, CancellationToken ct)
    {
        try
        {
            await starter.BeginAsync(client, bot, OperationKind.Move, new Unbound(Endings.Sweep), typed: null, ct);
            return null;
        }
        catch (ProblemException)
        {
            return "Somebody else was faster.";
        }
    }

    private async Task<string?> WhyNotAsync(Deployment bot, Vm vm, int moving, CancellationToken ct) =>
        bot.Vm != vm.Id ? "It is elsewhere, and what is left of it is removed."
        : bot.Operation is { } held ? $"{held.Kind.Wire()} goes on."
        : OperationKind.Move.Definition().Refuse(bot)
            ?? await FailureAsync(bot, ct)
            ?? (moving >= AtOnceMax ? "Its turn comes." : null);

    private async Task<string?> FailureAsync(Deployment bot, CancellationToken ct) =>
        bot.LastOperation is { } last
        && await operations.FindAsync(bot.Account, last, ct) is { Kind: OperationKind.Move, Failure: { } failure, FinishedAt: { } at }
        && clock.GetUtcNow() - at < Pause
            ? $"It could not move ({failure.Step}: {failure.Message}). It is asked again at {at + Pause:u}."
            : null;
}
