using Launchpad.Shared;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <param name="NewVm">What a machine is called if one has to be made.</param>
public sealed record ReserveElsewhereInput(string Operation, string Account, string Deployment, MoveInput Move, string NewVm)
    : OperationTarget(Operation, Account, Deployment);

/// <summary>Room on the machine that a bot moves to.</summary>
public sealed class MoveActivities(VmStore vms, DeploymentStore deployments, PlanRoom room, StepLog steps)
{
    /// <summary>As for a new bot, on any machine but its own, which keeps its promise until the bot is gone from it.</summary>
    [Function(nameof(ReserveElsewhere))]
    public Task<Reservation> ReserveElsewhere([ActivityTrigger] ReserveElsewhereInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Reserve, null, async deployment =>
        {
            var (move, plan) = (input.Move, Plan.Get(input.Move.Plan));
            if (move is { Changes: true, Runs: false })
            {
                throw new PermanentException("not-running", "Only a bot that runs can prove itself in another version.");
            }

            if (plan.Id != deployment.Plan)
            {
                await room.EnsureDataFitsAsync(await vms.GetAsync(move.Tier, move.Vm, ct), move.Deployment, plan, ct);
            }

            var reserved = await vms.ReserveAsync(
                new(move.Account, move.Deployment, deployment.Destination, Except: move.Vm), plan, input.NewVm,
                vm => deployments.ChangeAsync(
                    move.Account, move.Deployment,
                    current => DeploymentStore.HeldBy(current, move.Operation) with { Destination = vm }, ct),
                ct);
            return (reserved, (string?)$"{plan.MemoryMb} MB on {reserved.Vm}{(reserved.IsNew ? ", which is new" : "")}.");
        }, ct);

    /// <summary>The bot's own, as long as the bot is not there.</summary>
    [Function(nameof(ReserveTrial))]
    public Task ReserveTrial([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Room, null, async _ =>
        {
            await vms.ChangeAsync(input.Tier, input.Vm, vm => vm.With(Bots.CandidateOf(input.Deployment), 0), ct);
            return "In the room that is kept for the bot there.";
        }, ct);

    /// <summary>For a deletion that has stopped a move: of what was going to run there nothing shall.</summary>
    [Function(nameof(LeaveDestination))]
    public Task LeaveDestination([ActivityTrigger] OperationTarget input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.LeaveDestination, null, async deployment =>
        {
            if (deployment.Destination is not { } vm)
            {
                return "It was on its way to none.";
            }

            await vms.LeaveAsync(vm, input.Deployment, ct);
            await deployments.ChangeAsync(
                input.Account, input.Deployment,
                current => DeploymentStore.EnsureHeld(current, input.Operation) with { Destination = null }, ct);
            return $"What is on {vm} is removed.";
        }, ct);
}

/// <summary>A bot's data on the machine that it moves to.</summary>
public sealed class MovedDataActivities(BackupStore backups, BackupKeeper keeper, ConfigVersionStore versions, MachineJobs machine)
{
    [Function(nameof(BringData))]
    public Task<Unfinished?> BringData([ActivityTrigger] Look<RestoreInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of.Bot, Steps.Restore, "The last backup is fetched.", async (deployment, job) =>
        {
            var backup = await backups.GetAsync(deployment.Id, look.Of.Backup, ct);
            return look.Stage == 0
                ? await job.RunAsync(
                    VmVerb.Restore, async () => await keeper.RestoreAsync(backup, deployment.Id, await StorageMbAsync(look.Of.Bot, ct), ct),
                    (RestoreResult _) => Task.FromResult(Looked.Then(1)), ct)
                : await job.RunAsync(
                    VmVerb.Volume, new VolumeRequest(deployment.Id, VolumeAction.Bring, Backup: backup.Archive),
                    (VolumeResult brought) => Looked.Done($"{backup.Stored.Contents.Files} files, {brought.UsedMb} MB: all it had at {backup.At:u}."), ct);
        }, ct);

    private async Task<int> StorageMbAsync(BotInput bot, CancellationToken ct) =>
        Plan.Get((await versions.GetAsync(bot.Deployment, bot.Version, ct)).State.Plan).StorageMb;
}

public static class MoveCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task<Reservation> ReserveElsewhere(ReserveElsewhereInput input) =>
            context.CallActivityAsync<Reservation>(nameof(MoveActivities.ReserveElsewhere), input, Retry.Machine);

        public Task ReserveTrial(BotInput there) => context.CallActivityAsync(nameof(MoveActivities.ReserveTrial), there, Retry.Store);

        public Task LeaveDestination(OperationTarget target) =>
            context.CallActivityAsync(nameof(MoveActivities.LeaveDestination), target, Retry.Undo);

        public Task BringData(RestoreInput input) => context.Finish(nameof(MovedDataActivities.BringData), input, Retry.Machine);
    }
}
