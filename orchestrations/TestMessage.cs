using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Plans;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>The text itself waits in the operation's row.</summary>
public sealed record TestMessageInput(string Operation, string Account, string Deployment, Tier Tier, string Vm, int Version);

/// <summary>Asks a running bot something and keeps what it answered with the operation.</summary>
public static class TestMessage
{
    [Function(nameof(TestMessage))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, TestMessageInput input)
    {
        try
        {
            var bot = new BotInput(input.Operation, input.Account, input.Deployment, input.Tier, input.Vm, input.Version);
            await context.AskBot(bot);
            await context.CompleteConversation(new(input.Operation, input.Account, input.Deployment));
            return true;
        }
        catch (TaskFailedException)
        {
            await context.FailOperation(new(input.Operation, input.Account, input.Deployment));
            return false;
        }
    }
}
