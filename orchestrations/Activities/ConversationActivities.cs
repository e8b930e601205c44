using Launchpad.Shared;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Vms;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Steps = Launchpad.Shared.Operations.Steps;

namespace Launchpad.Orchestrations.Activities;

public sealed record CollectLogsInput(string Deployment, Tier Tier, string Vm);

/// <summary>What a bot is asked and what it wrote.</summary>
public sealed class ConversationActivities(OperationStore operations, MachineJobs machine)
{
    private const int AnswerSeconds = 120;

    /// <summary>The answer is kept with the operation; it is the customer's, and so in no history.</summary>
    [Function(nameof(AskBot))]
    public Task<Unfinished?> AskBot([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, Steps.Ask, "The bot is thinking.", async (deployment, job) =>
        {
            var (operation, text) = await TypedAsync(look.Of, ct);
            return await job.RunAsync(
                VmVerb.ExecTest, () => Task.FromResult(new ExecTestRequest(deployment.Id, text, AnswerSeconds)),
                async (ExecTestResult answer) =>
                {
                    await operations.SaveAsync(operation with { Result = answer.Answer }, ct);
                    return Looked.Done($"It answered in {answer.Ms} ms.");
                }, ct);
        }, ct);

    /// <summary>The browser that waits with the id that was typed comes in.</summary>
    [Function(nameof(LetBrowserIn))]
    public Task<Unfinished?> LetBrowserIn([ActivityTrigger] Look<BotInput> look, CancellationToken ct) =>
        machine.LookAsync(look, look.Of, Steps.Pair, "The bot starts a program of its own for this.", async (deployment, job) =>
        {
            var (_, request) = await TypedAsync(look.Of, ct);
            return await job.RunAsync(
                VmVerb.PairBrowser, new PairBrowserRequest(deployment.Id, request),
                (PairBrowserResult _) => Looked.Done("The page goes on by itself."), ct);
        }, ct);

    private async Task<(Operation Operation, string Text)> TypedAsync(BotInput input, CancellationToken ct) =>
        await operations.FindAsync(input.Account, input.Operation, ct) is { Request: { } text } operation
            ? (operation, text)
            : throw new PermanentException("operation-gone", "What was typed was lost before it was sent. Send it again.");
}

/// <summary>What a bot wrote, brought from its machine. It changes nothing that an operation could hold.</summary>
public sealed class LogActivities(VmStore vms, BotLogCollection logs)
{
    [Function(nameof(ReadLogs))]
    public async Task ReadLogs([ActivityTrigger] CollectLogsInput input, CancellationToken ct) =>
        await logs.KeepAsync(await vms.GetAsync(input.Tier, input.Vm, ct), input.Deployment, ct);
}

public static class ConversationCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task AskBot(BotInput input) => context.Finish(nameof(ConversationActivities.AskBot), input, Retry.Ask);

        public Task LetBrowserIn(BotInput input) => context.Finish(nameof(ConversationActivities.LetBrowserIn), input, Retry.Ask);

        public Task ReadLogs(CollectLogsInput input) =>
            context.CallActivityAsync(nameof(LogActivities.ReadLogs), input, Retry.Ask);
    }
}
