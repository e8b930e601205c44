using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <param name="Deadline">UTC; also in the operation's row, written before the first step.</param>
/// <param name="By">Who asked.</param>
public sealed record ProvisionInput(string Operation, string Account, string Deployment, DateTime Deadline, string By)
    : OperationTarget(Operation, Account, Deployment);

public enum ProvisionOutcome
{
    Running,
    Undone,
}

/// <summary>Turns a paid order into a running bot, or leaves nothing behind. What was done is taken back in reverse; the last step makes the
/// version active, last known good and the deployment running in one write, after which nothing is taken back.</summary>
public static class Provision
{
    [Function(nameof(Provision))]
    public static async Task<ProvisionOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, ProvisionInput input)
    {
        var undo = new Undo();
        try
        {
            await ComesUp(context, input, undo);
        }
        catch (TaskFailedException)
        {
            await context.Fail(input, await undo.Run());
        }

        return await context.Close(input) ? ProvisionOutcome.Running : ProvisionOutcome.Undone;
    }

    private static async Task ComesUp(TaskOrchestrationContext context, ProvisionInput input, Undo undo)
    {
        var order = await context.ValidateOrder(input);
        var image = await context.VerifyImage(new(input.Operation, input.Account, input.Deployment));
        await context.Enter(input, DeploymentStatus.Provisioning);

        var tier = order.Tier;
        undo.With(Steps.UndoReserve, () => context.GiveBack(new(input.Operation, input.Account, input.Deployment, tier, Undoing: true)));
        var vm = await context.Place(input, tier, input.Deadline);

        undo.With(Steps.UndoSeal, () => context.UnsealConfig(input));
        var version = await context.SealConfig(new(input.Operation, input.Account, input.Deployment, image, input.By));

        var bot = new BotInput(input.Operation, input.Account, input.Deployment, tier, vm, version, input.Deadline);
        undo.With(Steps.UndoBot, () => context.RemoveBot(new(input.Operation, input.Account, input.Deployment, tier, Undoing: true)));
        await context.Enter(input, DeploymentStatus.Configuring);
        if (order.Clones)
        {
            await context.BringOrigin(bot);
        }

        await context.BringUp(bot);

        await context.Enter(input, DeploymentStatus.Starting);
        await context.BecomesReady(bot);

        undo.With(Steps.UndoRoute, () => context.Unroute(new(input.Operation, input.Account, input.Deployment, tier, Undoing: true)));
        await context.RouteBot(bot);
        await context.Succeed(input, DeploymentStatus.Running, version);
    }
}
