using Launchpad.Orchestrations.Activities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Launchpad.Orchestrations;

/// <summary>Proves that a bot comes up from its newest backup: beside the one that runs, with its channels off, and for as long as it takes to
/// ask it something. What came of it is signed.</summary>
public static class Drill
{
    /// <summary>True when it came up.</summary>
    [Function(nameof(Drill))]
    public static async Task<bool> Run([OrchestrationTrigger] TaskOrchestrationContext context, BotInput input)
    {
        var drill = new DrillInput(input, Backup: null, context.CurrentUtcDateTime);
        try
        {
            drill = drill with { Backup = await context.ChooseBackup(input) };
            await ComesUp(context, drill);
            await context.Certify(drill);
            await context.Succeed(input);
        }
        catch (TaskFailedException)
        {
            await Tells(context, drill);
            await context.Fail(input);
        }

        return await context.Close(input);
    }

    /// <summary>Unless somebody else has the bot by now: then nobody waits for a word of this one.</summary>
    private static async Task Tells(TaskOrchestrationContext context, DrillInput drill)
    {
        try
        {
            await context.Certify(drill);
        }
        catch (TaskFailedException)
        {
            // The step's own row says why.
        }
    }

    private static async Task ComesUp(TaskOrchestrationContext context, DrillInput drill)
    {
        await context.ReserveDrill(drill.Bot);
        try
        {
            await context.FetchForDrill(drill);
            await context.StartCandidate(drill.Bot);
            await context.CandidateBecomesReady(drill.Bot, drill.Bot.Deadline);
            await context.AskCandidate(drill.Bot);
        }
        finally
        {
            await context.RemoveCandidate(drill.Bot);
        }
    }
}
