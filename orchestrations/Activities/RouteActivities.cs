using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Reconciliation;
using Launchpad.Shared.Ssh;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

/// <param name="Undoing">True when a saga takes its own step back.</param>
public sealed record UndoInput(string Operation, string Account, string Deployment, Tier Tier, bool Undoing)
    : OperationTarget(Operation, Account, Deployment);

/// <summary>A bot's public name, published once the bot is ready, so that it never leads nowhere.</summary>
public sealed class RouteActivities(VmStore vms, DnsGateway dns, Bots bots, StepLog steps)
{
    [Function(nameof(RouteBot))]
    public Task RouteBot([ActivityTrigger] BotInput input, CancellationToken ct) => RouteAsync(input, Steps.Route, ct);

    /// <summary>To where the bot runs again.</summary>
    [Function(nameof(ReturnRoute))]
    public Task ReturnRoute([ActivityTrigger] BotInput input, CancellationToken ct) => RouteAsync(input, Steps.ReturnRoute, ct);

    private Task RouteAsync(BotInput input, Step step, CancellationToken ct) =>
        steps.RunAsync(input, step, null, async deployment =>
        {
            var vm = await vms.GetAsync(input.Tier, input.Vm, ct);
            await dns.SetAsync(deployment.Slug, vm.Address!, ct);
            return bots.Url(deployment);
        }, ct);

    [Function(nameof(Unroute))]
    public Task Unroute([ActivityTrigger] UndoInput input, CancellationToken ct) =>
        steps.RunAsync(input, input.Undoing ? Steps.UndoRoute : Steps.Unroute, null, async deployment =>
        {
            await dns.RemoveAsync(deployment.Slug, ct);
            return null;
        }, ct);
}

/// <summary>A bot off its machine.</summary>
public sealed class RemovalActivities(BotRemoval removal, MachineJobs machine)
{
    /// <summary>Container, volume, network, route and the secrets' files. A dedicated machine goes as a whole, and all of that with
    /// it.</summary>
    [Function(nameof(RemoveBot))]
    public Task<Unfinished?> RemoveBot([ActivityTrigger] Look<UndoInput> look, CancellationToken ct) =>
        machine.LookAsync(
            look, look.Of, look.Of.Undoing ? Steps.UndoBot : Steps.Remove, null,
            async (deployment, job) =>
            {
                var looked = look.Of.Tier is Tier.Dedicated
                    ? Looked.Done("Its machine is deleted with everything on it.")
                    : await removal.RemoveAsync(deployment, job, keepLogs: look.Of.Undoing && look.Before is null, ct);
                return looked.Rest is not null || await removal.IsLeftRemovedAsync(deployment, ct)
                    ? looked
                    : Looked.Then(look.Stage, "What it left on another machine is being removed.");
            },
            ct);

    /// <summary>Container, network, route and secrets go; the volume stays.</summary>
    [Function(nameof(StopBot))]
    public Task<Unfinished?> StopBot([ActivityTrigger] Look<BotInput> look, CancellationToken ct) => StopAsync(look, Steps.Stop, ct);

    /// <summary>Its volume is what it goes on with, here or on another machine.</summary>
    [Function(nameof(StopHere))]
    public Task<Unfinished?> StopHere([ActivityTrigger] Look<BotInput> look, CancellationToken ct) => StopAsync(look, Steps.Vacate, ct);

    /// <summary>What was brought up and is not wanted after all.</summary>
    [Function(nameof(StopAgain))]
    public Task<Unfinished?> StopAgain([ActivityTrigger] Look<BotInput> look, CancellationToken ct) => StopAsync(look, Steps.UndoStart, ct);

    private Task<Unfinished?> StopAsync(Look<BotInput> look, Step step, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, step, null, (_, job) => removal.StopAsync(look.Of, job, ct), ct);
}

/// <summary>Takes a bot off the machine that has room for it, if there is one: a machine that the cloud does not have any more took
/// everything along.</summary>
public sealed class BotRemoval(VmStore vms, Orphans orphans, CloudMachines cloud, BotLogCollection logs)
{
    private const int Candidate = 0;
    private const int Bot = 1;

    public async Task<Looked> RemoveAsync(Deployment deployment, MachineJob job, bool keepLogs, CancellationToken ct)
    {
        if (await vms.FindHolderAsync(Tier.Shared, deployment.Vm, deployment.Id, ct) is not { Status: VmStatus.Ready } vm)
        {
            return Looked.Done("There was nothing on a machine.");
        }

        return await UnlessGoneAsync(
            vm,
            async () =>
            {
                if (keepLogs)
                {
                    await logs.KeepAsync(vm, deployment.Id, ct);
                }

                // Of a rollout that was stopped by a deletion which then failed itself.
                var isCandidate = job.Stage == Candidate && vm.Reservations.ContainsKey(Bots.CandidateOf(deployment.Id));
                return isCandidate
                    ? await job.On(vm, Candidate).RunAsync(
                        VmVerb.Remove, new RemoveRequest(Bots.CandidateOf(deployment.Id)), (RemoveResult _) => Looked.Then(Bot), ct)
                    : await job.On(vm, Bot).RunAsync(
                        VmVerb.Remove, new RemoveRequest(deployment.Id),
                        (RemoveResult removed) => Looked.Done(
                            removed.Existed ? "Container, volume, network and route are gone." : "It was gone already."), ct);
            },
            ct);
    }

    /// <summary>Of machines that it has moved away from, and whose own saga has not come to it yet.</summary>
    public async Task<bool> IsLeftRemovedAsync(Deployment deployment, CancellationToken ct)
    {
        await foreach (var vm in vms.LeftByAsync(deployment.Id, ct))
        {
            await orphans.RemoveLeftAsync(vm, ct);
        }

        return !await vms.LeftByAsync(deployment.Id, ct).AnyAsync(ct);
    }

    /// <summary>Keeps the volume.</summary>
    public async Task<Looked> StopAsync(BotInput bot, MachineJob job, CancellationToken ct) =>
        await vms.FindAsync(bot.Tier, bot.Vm, ct) is { } vm
            ? await UnlessGoneAsync(
                vm,
                () => job.RunAsync(
                    VmVerb.Remove, new RemoveRequest(bot.Deployment, KeepVolume: true),
                    (RemoveResult _) => Looked.Done("Its data is where it was."), ct),
                ct)
            : Looked.Done("Its machine is gone, and its data with it.");

    private async Task<Looked> UnlessGoneAsync(Vm vm, Func<Task<Looked>> act, CancellationToken ct)
    {
        try
        {
            return await act();
        }
        catch (VmFailedException silent) when (silent.Retryable)
        {
            if (await cloud.FindAsync(vm.Id, ct) is null)
            {
                return Looked.Done("The cloud does not have its machine any more, nor anything that was on it.");
            }

            throw;
        }
    }
}

/// <summary>The reason why a bot did not come up is often in what it wrote, and that goes with its container.</summary>
public sealed class BotLogCollection(VmAccess access, BotLogs logs, TimeProvider clock)
{
    private const int LogLinesMax = 1_000;

    public async Task KeepAsync(Vm vm, string deployment, CancellationToken ct)
    {
        try
        {
            var read = await access.RunAsync<LogsRequest, LogsResult>(vm, VmVerb.Logs, new(deployment, LogLinesMax), ct);
            await logs.StoreAsync(deployment, read.Lines, clock.GetUtcNow(), ct);
        }
        catch (VmFailedException nothing) when (nothing.Code is VmErrorCode.NotFound)
        {
            // It never started, so it wrote nothing.
        }
    }
}

public static class RouteCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task RouteBot(BotInput input) => context.CallActivityAsync(nameof(RouteActivities.RouteBot), input, Retry.Machine);

        public Task ReturnRoute(BotInput input) => context.CallActivityAsync(nameof(RouteActivities.ReturnRoute), input, Retry.Undo);

        public Task Unroute(UndoInput input) => context.CallActivityAsync(nameof(RouteActivities.Unroute), input, Retry.Undo);

        public Task RemoveBot(UndoInput input) => context.Finish(nameof(RemovalActivities.RemoveBot), input, Retry.Undo);

        public Task StopAgain(BotInput bot) => context.Finish(nameof(RemovalActivities.StopAgain), bot, Retry.Undo);

        public Task StopHere(BotInput bot) => context.Finish(nameof(RemovalActivities.StopHere), bot, Retry.Machine);

        public Task StopBot(BotInput bot) => context.Finish(nameof(RemovalActivities.StopBot), bot, Retry.Machine);
    }
}
