using System.Globalization;
using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using Launchpad.Durable.Dispatch;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable;

/// <summary>The side of the dispatchers.</summary>
public sealed partial class SqliteOrchestrationService
{
    public bool IsMaxMessageCountExceeded(int currentMessageCount, OrchestrationRuntimeState runtimeState) => false;

    /// <summary>What came to nothing waits by itself; the others need not wait with it.</summary>
    public int GetDelayInSecondsAfterOnProcessException(Exception exception) => 0;

    public int GetDelayInSecondsAfterOnFetchException(Exception exception) => exception is OperationCanceledException ? 0 : 1;

    public Task<TaskOrchestrationWorkItem> LockNextTaskOrchestrationWorkItemAsync(
        TimeSpan receiveTimeout, CancellationToken cancellationToken) => LockNextAsync(Open().Hub.Orchestrations, cancellationToken);

    public Task<TaskOrchestrationWorkItem> LockNextOrchestrationWorkItemAsync(
        TimeSpan receiveTimeout, CancellationToken cancellationToken) => LockNextAsync(Open().Hub.Orchestrations, cancellationToken);

    public Task<TaskOrchestrationWorkItem> LockNextEntityWorkItemAsync(
        TimeSpan receiveTimeout, CancellationToken cancellationToken) => LockNextAsync(Open().Hub.EntitiesReady, cancellationToken);

    /// <summary>Locks are held by this process and end with it.</summary>
    public Task RenewTaskOrchestrationWorkItemLockAsync(TaskOrchestrationWorkItem workItem) => Task.CompletedTask;

    public async Task CompleteTaskOrchestrationWorkItemAsync(
        TaskOrchestrationWorkItem workItem,
        OrchestrationRuntimeState newOrchestrationRuntimeState,
        IList<TaskMessage> outboundMessages,
        IList<TaskMessage> orchestratorMessages,
        IList<TaskMessage> timerMessages,
        TaskMessage? continuedAsNewMessage,
        OrchestrationState? orchestrationState)
    {
        var store = Open();
        var item = (InstanceWorkItem)workItem;
        if (orchestrationState is null)
        {
            await RemoveAsync(store, item.Taken);
            item.Taken = [];
            return;
        }

        IEnumerable<TaskMessage> outgoing = [.. orchestratorMessages, .. timerMessages];
        outgoing = continuedAsNewMessage is null ? outgoing : outgoing.Append(continuedAsNewMessage);
        var turn = new Turn(item, store.Hub, newOrchestrationRuntimeState, orchestrationState, outboundMessages, outgoing);
        if (turn.Size > Options.MaxPayloadBytes || turn.Number > WriteStatements.TurnsMax)
        {
            var words = turn.Size > Options.MaxPayloadBytes
                ? $"A turn of it would have recorded {turn.Size} bytes at once, and the limit is {Options.MaxPayloadBytes}."
                : $"Its history has {WriteStatements.TurnsMax} turns: it should have continued as new.";
            await EndAsync(store, item.Slot, item.Taken, OrchestrationStatus.Failed, words);
            item.Taken = [];
            throw new SessionAbortedException(words);
        }

        try
        {
            await store.Writer.SubmitAsync(turn.ToCommit(store));
        }
        catch (SessionAbortedException)
        {
            store.Hub.Reload(item.Slot);
            throw;
        }
    }

    public Task AbandonTaskOrchestrationWorkItemAsync(TaskOrchestrationWorkItem workItem)
    {
        var item = (InstanceWorkItem)workItem;
        item.Slot.Abandoned++;
        Open().Hub.PutBack(item.Slot, item.Taken);
        item.Taken = [];
        return Task.CompletedTask;
    }

    public Task ReleaseTaskOrchestrationWorkItemAsync(TaskOrchestrationWorkItem workItem)
    {
        Open().Hub.Release(((InstanceWorkItem)workItem).Slot);
        return Task.CompletedTask;
    }

    public async Task<TaskActivityWorkItem> LockNextTaskActivityWorkItem(TimeSpan receiveTimeout, CancellationToken cancellationToken)
    {
        try
        {
            var task = await Open().Hub.Tasks.Reader.ReadAsync(cancellationToken);
            return new ActivityWorkItem(task)
            {
                Id = task.Sequence.ToString(CultureInfo.InvariantCulture),
                TaskMessage = task.Message,
                LockedUntilUtc = DateTime.MaxValue,
            };
        }
        catch (OperationCanceledException)
        {
            return null!;
        }
    }

    public Task<TaskActivityWorkItem> RenewTaskActivityWorkItemLockAsync(TaskActivityWorkItem workItem) => Task.FromResult(workItem);

    /// <summary>The end of an activity is recorded once, whoever brings it again.</summary>
    public async Task CompleteTaskActivityWorkItemAsync(TaskActivityWorkItem workItem, TaskMessage responseMessage)
    {
        var store = Open();
        var task = ((ActivityWorkItem)workItem).Task;
        var response = new Outgoing(responseMessage);
        if (response.Size > Options.MaxPayloadBytes)
        {
            var words = $"The result is {response.Size} bytes, and the limit is {Options.MaxPayloadBytes}.";
            response = new(new()
            {
                OrchestrationInstance = responseMessage.OrchestrationInstance,
                Event = new TaskFailedEvent(
                    -1, task.Message.Event.EventId, words, null, new(typeof(ArgumentException).FullName!, words, null, null, true)),
            });
        }

        var isFirst = false;
        await store.Writer.SubmitAsync(new()
        {
            Apply = database =>
            {
                isFirst = database.RemoveTask(task.Sequence);
                if (isFirst)
                {
                    response.Apply(database);
                }

                return null;
            },
            Committed = () =>
            {
                if (isFirst)
                {
                    var outcome = response.Queued.Event is TaskCompletedEvent ? "completed" : "failed";
                    store.Metrics.ActivityEnded((task.Message.Event as TaskScheduledEvent)?.Name, outcome);
                    store.Hub.Arrive(response.Queued);
                }
            },
        });
    }

    public async Task AbandonTaskActivityWorkItemAsync(TaskActivityWorkItem workItem)
    {
        var tasks = Open().Hub.Tasks.Writer;
        await Task.Delay(TimeSpan.FromSeconds(1), Time);
        tasks.TryWrite(((ActivityWorkItem)workItem).Task);
    }

    private sealed class ActivityWorkItem(QueuedTask task) : TaskActivityWorkItem
    {
        public QueuedTask Task { get; } = task;
    }
}
