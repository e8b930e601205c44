using System.Threading.Channels;
using DurableTask.Core;
using DurableTask.Core.Common;
using DurableTask.Core.History;
using Launchpad.Durable.Dispatch;
using Launchpad.Durable.Storage;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable;

/// <summary>What a turn begins with.</summary>
public sealed partial class SqliteOrchestrationService
{
    private async Task<TaskOrchestrationWorkItem> LockNextAsync(
        ChannelReader<Slot> ready, CancellationToken stopping)
    {
        var store = Open();
        try
        {
            while (true)
            {
                var slot = await ready.ReadAsync(stopping);
                if (await PrepareAsync(store, slot, store.Hub.Lock(slot), stopping) is { } item)
                {
                    return item;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null!;
        }
    }

    /// <summary>Null when there was nothing to do in it; then it is released.</summary>
    private async Task<InstanceWorkItem?> PrepareAsync(Opened store, Slot slot, List<QueuedMessage> taken, CancellationToken stopping)
    {
        try
        {
            var execution = store.Hub.Keep(slot, slot.Execution ?? Read(store, slot.Id));
            if (taken.Exists(message => Damaged.Is(message.Message)))
            {
                throw new InvalidDataException("A message for it is damaged. Restore a backup.");
            }

            if (Order(execution, slot.Id, taken) is { } messages)
            {
                return new()
                {
                    Slot = slot,
                    Execution = execution,
                    Taken = taken,
                    InstanceId = slot.Id,
                    NewMessages = messages,
                    OrchestrationRuntimeState = new(execution?.History),
                    LockedUntilUtc = DateTime.MaxValue,
                    Session = Session(store, slot, stopping),
                };
            }

            if (execution is { Status: OrchestrationStatus.Pending, Turns: 0 } && !taken.Exists(IsTermination))
            {
                // Its start has been scheduled for later: until then it reads nothing.
                store.Hub.PutBack(slot, taken);
                store.Hub.Release(slot, isHeld: true);
                return null;
            }

            if (execution is { Status: OrchestrationStatus.Pending, Turns: 0 } && taken.Find(IsTermination) is { } termination)
            {
                var reason = ((ExecutionTerminatedEvent)termination.Event).Input;
                await EndAsync(store, slot, taken, OrchestrationStatus.Terminated, reason);
            }
            else
            {
                await RemoveAsync(store, taken);
            }
        }
        catch (Exception damage) when (damage is InvalidDataException or InvalidOperationException and not ObjectDisposedException)
        {
            logger.LogError(damage, "Instance {Instance} cannot be read and is given up.", slot.Id);
            await EndAsync(store, slot, taken, OrchestrationStatus.Failed, damage.Message);
        }
        catch
        {
            slot.Abandoned++;
            store.Hub.PutBack(slot, taken);
            store.Hub.Release(slot);
            throw;
        }

        store.Hub.Release(slot);
        return null;

        static bool IsTermination(QueuedMessage message) => message.Event is ExecutionTerminatedEvent;
    }

    /// <summary>None for an entity: within a session the dispatcher hands its state over only once, and trusts the worker to keep
    /// it. Its history is three events long anyway.</summary>
    private Session? Session(Opened store, Slot slot, CancellationToken stopping) =>
        SessionIdle is { } idle && !Entities.IsEntityInstance(slot.Id) ? new(store.Hub, Time, idle, stopping) : null;

    /// <summary>What the instance reads in this turn, its start first; null when it can read nothing.</summary>
    private static List<TaskMessage>? Order(Execution? execution, string instance, List<QueuedMessage> taken)
    {
        var messages = taken.ConvertAll(message => message.Message);
        if (execution is null)
        {
            return messages.Count > 0 && Entities.AutoStart(instance, messages) ? messages : null;
        }

        // A start of an execution that another has replaced.
        messages.RemoveAll(message =>
            message.Event is ExecutionStartedEvent && (message.OrchestrationInstance.ExecutionId ?? "") != execution.Id);
        if (execution.Turns == 0)
        {
            var start = messages.FindIndex(message => message.Event is ExecutionStartedEvent);
            if (start < 0)
            {
                return null;
            }

            messages.Insert(0, messages[start]);
            messages.RemoveAt(start + 1);
        }
        else if (Statuses.HasEnded(execution.Status))
        {
            if (messages.Find(message => message.Event is ExecutionRewoundEvent)?.Event is not ExecutionRewoundEvent rewound)
            {
                return null;
            }

            // The dispatcher takes for granted that one of the two was traced.
            var start = execution.History.OfType<ExecutionStartedEvent>().FirstOrDefault();
            rewound.ParentTraceContext ??= start?.ParentTraceContext is null ? new("") : null;
        }

        return messages.Count > 0 ? messages : null;
    }

    private static Execution? Read(Opened store, string instance)
    {
        if (store.Reader.Find(instance) is not { } row)
        {
            return null;
        }

        var turns = store.Reader.History(row.Key);
        return new(row.Key, row.State.OrchestrationInstance.ExecutionId)
        {
            Status = row.State.OrchestrationStatus,
            Turns = turns.Count,
            History = [.. turns.SelectMany(turn => turn)],
        };
    }

    private static Task RemoveAsync(Opened store, List<QueuedMessage> taken) => store.Writer.SubmitAsync(new()
    {
        Apply = database =>
        {
            taken.ForEach(message => database.RemoveMessage(message.Sequence));
            return null;
        },
    });

    /// <summary>Ends an instance without its orchestrator having a say, and tells its parent.</summary>
    private async Task EndAsync(Opened store, Slot slot, List<QueuedMessage> taken, OrchestrationStatus status, string? words)
    {
        if (store.Reader.Find(slot.Id) is not { } row)
        {
            await RemoveAsync(store, taken);
            return;
        }

        var ending = new Ending(row, status, words, Time.GetUtcNow().UtcDateTime);
        await store.Writer.SubmitAsync(ending.ToCommit(store.Hub, store.Waiters, slot, taken));
        if (status is OrchestrationStatus.Failed)
        {
            store.Metrics.DeadLetter(row.State.Name);
        }
    }
}
