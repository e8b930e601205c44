using Launchpad.Orchestrations.Activities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Asks a running bot something and keeps what it answered with the operation. The text itself waits in the operation's row.</summary>
public static class TestMessage
{
    [Function(nameof(TestMessage))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, BotInput input)
    {
        try
        {
            await context.AskBot(input);
            await context.Succeed(input);
        }
        catch (TaskFailedException)
        {
            await context.Fail(input);
        }

        return await context.Close(input);
    }
}
