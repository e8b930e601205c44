using DurableTask.Core;
using DurableTask.Core.History;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Dispatch;

/// <summary>The end of an instance that its orchestrator does not bring about: it never began, or cannot go on.</summary>
internal sealed class Ending
{
    private readonly InstanceRow row;
    private readonly OrchestrationState state;
    private readonly byte[] detail;
    private readonly Outgoing? answer;

    public Ending(InstanceRow row, OrchestrationStatus status, string? words, DateTime now)
    {
        this.row = row;
        state = row.State;
        state.OrchestrationStatus = status;
        state.Output = words;
        state.CompletedTime = state.LastUpdatedTime = now;
        state.FailureDetails = status is OrchestrationStatus.Failed
            ? new("Launchpad.Durable.UnreadableInstance", words ?? "", null, null, isNonRetriable: true)
            : null;
        detail = InstanceRow.Detail(state);
        if (state.ParentInstance is { OrchestrationInstance: not null } parent)
        {
            answer = new(new()
            {
                OrchestrationInstance = parent.OrchestrationInstance,
                Event = new SubOrchestrationInstanceFailedEvent(-1, parent.TaskScheduleId, words, null, state.FailureDetails),
            });
        }
    }

    public Commit ToCommit(Hub hub, Waiters waiters, Slot slot, List<QueuedMessage> taken)
    {
        var timers = hub.TimersOf(slot, state.OrchestrationInstance.ExecutionId);
        return new()
        {
            Apply = database =>
            {
                taken.ForEach(message => database.RemoveMessage(message.Sequence));
                if (database.Update(row.Key, state.OrchestrationInstance.ExecutionId, state, detail))
                {
                    Array.ForEach(timers, timer => database.RemoveMessage(timer.Sequence));
                    answer?.Apply(database);
                }

                return null;
            },
            Committed = () =>
            {
                hub.Begin(row.Id, new(row.Key, state.OrchestrationInstance.ExecutionId) { Status = state.OrchestrationStatus, Turns = 1 });
                hub.Forget(slot, timers);
                waiters.Ended(state);
                if (answer is not null)
                {
                    hub.Arrive(answer.Queued);
                }
            },
        };
    }
}
