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
            var operation = await operations.FindAsync(input.Account, input.Operation, ct);
            if (operation?.Request is not { } text)
            {
                throw new PermanentException("operation-gone", "The message was lost before it was sent. Send it again.");
            }

            var vm = await vms.GetAsync(input.Tier, input.Vm, ct);
            var answer = await access.RunAsync<ExecTestRequest, ExecTestResult>(
                vm, VmVerb.ExecTest, new(input.Deployment, text, AnswerSeconds), ct);
            await operations.SaveAsync(operation with { Result = answer.Answer }, ct);
            return $"It answered in {answer.Ms} ms.";
        }, ct);

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

        public Task ReadLogs(CollectLogsInput input) =>
            context.CallActivityAsync(nameof(ConversationActivities.ReadLogs), input, Retry.Ask);
    }
}
