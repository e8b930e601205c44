using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Backups;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Brings what a bot knows into the store, while it goes on. Nothing has to be taken back: what did not become a backup as a whole
/// is none.</summary>
public static class BackUp
{
    /// <summary>True when there is a backup more.</summary>
    [Function(nameof(BackUp))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, BackupInput input)
    {
        try
        {
            await context.TakeBackup(input.Bot, input.Reason);
            await context.Succeed(input.Bot);
        }
        catch (TaskFailedException)
        {
            await context.Fail(input.Bot);
        }

        return await context.Close(input.Bot);
    }
}
