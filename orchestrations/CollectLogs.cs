using Launchpad.Orchestrations.Activities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Brings what a bot wrote from its machine into the log table, from where it is read.</summary>
public static class CollectLogs
{
    /// <summary>False when the machine could not be asked; the next reader asks again.</summary>
    [Function(nameof(CollectLogs))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, CollectLogsInput input)
    {
        try
        {
            await context.ReadLogs(input);
            return true;
        }
        catch (TaskFailedException)
        {
            return false;
        }
    }
}
