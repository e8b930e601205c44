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
public sealed class ConversationActivities(
    VmStore vms, VmAccess access, OperationStore operations, BotLogs logs, StepLog steps, TimeProvider clock)
{
    private const int AnswerSeconds = 120;
    private const int LogLinesMax = 1_000;

    /// <summary>The answer is kept with the operation; it is the customer's, and so in no history.</summary>
    [Function(nameof(AskBot))]
    public Task AskBot([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, Steps.Ask, "The bot is thinking.", async () =>
        {
            var (operation, text) = await TypedAsync(input, ct);
            var vm = await vms.GetAsync(input.Tier, input.Vm, ct);
            var answer = await access.RunAsync<ExecTestRequest, ExecTestResult>(
                vm, VmVerb.ExecTest, new(input.Deployment, text, AnswerSeconds), ct);
            await operations.SaveAsync(operation with { Result = answer.Answer }, ct);
            return $"It answered in {answer.Ms} ms.";
        }, ct);

    /// <summary>The browser that waits with the id that was typed comes in.</summary>
    [Function(nameof(LetBrowserIn))]
    public Task LetBrowserIn([ActivityTrigger] BotInput input, CancellationToken ct) =>
        steps.RunAsync(input.Operation, Steps.Pair, "The bot starts a program of its own for this.", async () =>
        {
            var (_, request) = await TypedAsync(input, ct);
            var vm = await vms.GetAsync(input.Tier, input.Vm, ct);
            await access.RunAsync<PairBrowserRequest, PairBrowserResult>(vm, VmVerb.PairBrowser, new(input.Deployment, request), ct);
            return "The page goes on by itself.";
        }, ct);

    private async Task<(Operation Operation, string Text)> TypedAsync(BotInput input, CancellationToken ct) =>
        await operations.FindAsync(input.Account, input.Operation, ct) is { Request: { } text } operation
            ? (operation, text)
            : throw new PermanentException("operation-gone", "What was typed was lost before it was sent. Send it again.");

    [Function(nameof(ReadLogs))]
    public async Task ReadLogs([ActivityTrigger] CollectLogsInput input, CancellationToken ct)
    {
        var vm = await vms.GetAsync(input.Tier, input.Vm, ct);
        var at = clock.GetUtcNow();
        var read = await access.RunAsync<LogsRequest, LogsResult>(vm, VmVerb.Logs, new(input.Deployment, LogLinesMax), ct);
        await logs.StoreAsync(input.Deployment, read.Lines, at, ct);
    }
}

public static class ConversationCalls
{
    extension(TaskOrchestrationContext context)
    {
        public Task AskBot(BotInput input) => context.CallActivityAsync(nameof(ConversationActivities.AskBot), input, Retry.Ask);

        public Task LetBrowserIn(BotInput input) =>
            context.CallActivityAsync(nameof(ConversationActivities.LetBrowserIn), input, Retry.Ask);

        public Task ReadLogs(CollectLogsInput input) =>
            context.CallActivityAsync(nameof(ConversationActivities.ReadLogs), input, Retry.Ask);
    }
}
