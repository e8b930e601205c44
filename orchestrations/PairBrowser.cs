using Launchpad.Orchestrations.Activities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Lets a browser in that its owner sees waiting. The id it waits with is in the operation's row.</summary>
public static class PairBrowser
{
    [Function(nameof(PairBrowser))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, BotInput input)
    {
        try
        {
            await context.LetBrowserIn(input);
            await context.Succeed(input);
        }
        catch (TaskFailedException)
        {
            await context.Fail(input);
        }

        return await context.Close(input);
    }
}
