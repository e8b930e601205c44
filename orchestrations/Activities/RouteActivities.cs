using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
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
    public Task RouteBot([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Route, null, async deployment =>
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
public sealed class RemovalActivities(BotRemoval removal, StepLog steps)
{
    /// <summary>Container, volume, network, route and the secrets' files. A dedicated machine goes as a whole, and all of that with
    /// it.</summary>
    [Function(nameof(RemoveBot))]
    public Task RemoveBot([ActivityTrigger] UndoInput input, CancellationToken ct) =>
        steps.RunAsync(
            input, input.Undoing ? Steps.UndoBot : Steps.Remove, null,
            async deployment => input.Tier is Tier.Dedicated
                ? "Its machine is deleted with everything on it."
                : await removal.RemoveAsync(deployment, keepLogs: input.Undoing, ct),
            ct);

    /// <summary>Container, network, route and secrets go; the volume stays.</summary>
    [Function(nameof(StopBot))]
    public Task StopBot([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.Stop, null, async _ => await removal.StopAsync(input, ct), ct);

    /// <summary>What was brought up and is not wanted after all.</summary>
    [Function(nameof(StopAgain))]
    public Task StopAgain([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input, Steps.UndoStart, null, async _ => await removal.StopAsync(input, ct), ct);
}

/// <summary>Takes a bot off the machine that has room for it, if there is one: a machine that the cloud does not have any more took
/// everything along.</summary>
public sealed class BotRemoval(VmStore vms, VmAccess access, CloudMachines cloud, BotLogCollection logs)
{
    /// <summary>What happened, in words.</summary>
    public async Task<string> RemoveAsync(Deployment deployment, bool keepLogs, CancellationToken ct)
    {
        if (await vms.FindHolderAsync(Tier.Shared, deployment.Vm, deployment.Id, ct) is not { Status: VmStatus.Ready } vm)
        {
            return "There was nothing on a machine.";
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
                if (vm.Reservations.ContainsKey(Bots.CandidateOf(deployment.Id)))
                {
                    await access.RunAsync<RemoveRequest, RemoveResult>(vm, VmVerb.Remove, new(Bots.CandidateOf(deployment.Id)), ct);
                }

                var removed = await access.RunAsync<RemoveRequest, RemoveResult>(vm, VmVerb.Remove, new(deployment.Id), ct);
                return removed.Existed ? "Container, volume, network and route are gone." : "It was gone already.";
            },
            ct);
    }

    /// <summary>Keeps the volume. What happened, in words.</summary>
    public async Task<string> StopAsync(BotInput bot, CancellationToken ct)
    {
        if (await vms.FindAsync(bot.Tier, bot.Vm, ct) is not { } vm)
        {
            return "Its machine is gone, and its data with it.";
        }

        return await UnlessGoneAsync(
            vm,
            async () =>
            {
                await access.RunAsync<RemoveRequest, RemoveResult>(vm, VmVerb.Remove, new(bot.Deployment, KeepVolume: true), ct);
                return "Its data is where it was.";
            },
            ct);
    }

    private async Task<string> UnlessGoneAsync(Vm vm, Func<Task<string>> act, CancellationToken ct)
    {
        try
        {
            return await act();
        }
        catch (VmFailedException silent) when (silent.Retryable)
        {
            if (await cloud.FindAsync(vm.Id, ct) is null)
            {
                return "The cloud does not have its machine any more, nor anything that was on it.";
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

        public Task Unroute(UndoInput input) => context.CallActivityAsync(nameof(RouteActivities.Unroute), input, Retry.Undo);

        public Task RemoveBot(UndoInput input) => context.CallActivityAsync(nameof(RemovalActivities.RemoveBot), input, Retry.Undo);

        public Task StopAgain(BotInput bot) =>
            context.CallActivityAsync(nameof(RemovalActivities.StopAgain), bot, Retry.Undo);

        public Task StopBot(BotInput bot) => context.CallActivityAsync(nameof(RemovalActivities.StopBot), bot, Retry.Machine);
    }
}
