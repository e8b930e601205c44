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
public sealed record UndoInput(string Operation, string Account, string Deployment, Tier Tier, bool Undoing);

/// <summary>A bot's public name, published once the bot is ready, so that it never leads nowhere.</summary>
public sealed class RouteActivities(
    DeploymentStore deployments, VmStore vms, VmAccess access, DnsGateway dns, Bots bots, BotLogs logs,
    StepLog steps, TimeProvider clock)
{
    private const int LogLinesMax = 1_000;

    [Function(nameof(RouteBot))]
    public Task RouteBot([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, Steps.Route, null, async () =>
        {
            var deployment = await deployments.GetHeldAsync(input.Account, input.Deployment, input.Operation, ct);
            var vm = await vms.GetAsync(input.Tier, input.Vm, ct);
            await dns.SetAsync(deployment.Slug, vm.Address!, ct);
            return bots.Url(deployment);
        }, ct);

    [Function(nameof(Unroute))]
    public Task Unroute([ActivityTrigger] UndoInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, input.Undoing ? Steps.UndoRoute : Steps.Unroute, null, async () =>
        {
            var deployment = await deployments.GetAsync(input.Account, input.Deployment, ct);
            await dns.RemoveAsync(deployment.Slug, ct);
            return null;
        }, ct);

    /// <summary>Container, volume, network, route and the secrets' files. A dedicated machine goes as a whole, and all of that with
    /// it.</summary>
    [Function(nameof(RemoveBot))]
    public Task RemoveBot([ActivityTrigger] UndoInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, input.Undoing ? Steps.UndoBot : Steps.Remove, null, async () =>
        {
            var vm = await vms.FindByDeploymentAsync(input.Tier, input.Deployment, ct);
            if (vm is not { Status: VmStatus.Ready })
            {
                return "There was nothing on a machine.";
            }

            if (input.Tier is Tier.Dedicated)
            {
                return "Its machine is deleted with everything on it.";
            }

            if (input.Undoing)
            {
                await KeepLogsAsync(vm, input.Deployment, ct);
            }

            var removed = await access.RunAsync<RemoveRequest, RemoveResult>(vm, VmVerb.Remove, new(input.Deployment), ct);
            return removed.Existed ? "Container, volume, network and route are gone." : "It was gone already.";
        }, ct);

    /// <summary>The reason why a bot did not come up is often in what it wrote, and that goes with its container.</summary>
    private async Task KeepLogsAsync(Vm vm, string deployment, CancellationToken ct)
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

        public Task RemoveBot(UndoInput input) => context.CallActivityAsync(nameof(RouteActivities.RemoveBot), input, Retry.Undo);
    }
}
