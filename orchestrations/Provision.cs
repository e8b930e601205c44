using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <param name="Deadline">UTC; also in the operation's row, written before the first step.</param>
/// <param name="By">Who asked.</param>
public sealed record ProvisionInput(string Operation, string Account, string Deployment, DateTime Deadline, string By);

public enum ProvisionOutcome
{
    Running,
    Undone,
}

/// <summary>Turns a paid order into a running bot, or leaves nothing behind. What was done is taken back in reverse;
/// the last step makes the version active, last known good and the deployment running in one write.</summary>
public static class Provision
{
    [Function(nameof(Provision))]
    public static async Task<ProvisionOutcome> Run([OrchestrationTrigger] TaskOrchestrationContext context, ProvisionInput input)
    {
        var undo = new Undo();
        try
        {
            await ComesUp(context, input, undo);
            return ProvisionOutcome.Running;
        }
        catch (TaskFailedException)
        {
            var left = await undo.Run();
            await context.FailOperation(new(input.Operation, input.Account, input.Deployment));
            return left is null ? ProvisionOutcome.Undone : throw left;
        }
    }

    private static async Task ComesUp(TaskOrchestrationContext context, ProvisionInput input, Undo undo)
    {
        var order = await context.ValidateOrder(new(input.Operation, input.Account, input.Deployment));
        var image = await context.VerifyImage(new(input.Operation));
        await context.Enter(new(input.Operation, input.Account, input.Deployment, DeploymentStatus.Provisioning));

        var tier = order.Tier;
        undo.With(() => context.GiveBack(input.Operation, input.Account, input.Deployment, tier, undoing: true));
        var vm = await context.Place(new(input.Operation, input.Account, input.Deployment), tier, input.Deadline);

        undo.With(() => context.UnsealConfig(new(input.Operation, input.Account, input.Deployment)));
        var version = await context.SealConfig(new(input.Operation, input.Account, input.Deployment, image, input.By));

        var bot = new BotInput(input.Operation, input.Account, input.Deployment, tier, vm, version);
        undo.With(() => context.RemoveBot(new(input.Operation, input.Account, input.Deployment, tier, Undoing: true)));
        await context.Enter(new(input.Operation, input.Account, input.Deployment, DeploymentStatus.Configuring));
        await context.BringUp(bot);

        await context.Enter(new(input.Operation, input.Account, input.Deployment, DeploymentStatus.Starting));
        await context.BecomesReady(bot, input.Deadline);

        undo.With(() => context.Unroute(new(input.Operation, input.Account, input.Deployment, tier, Undoing: true)));
        await context.RouteBot(bot);
        await context.CompleteProvision(new(input.Operation, input.Account, input.Deployment, version));
    }
}
