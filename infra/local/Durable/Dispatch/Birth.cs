using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Dispatch;

/// <summary>The beginning of an instance: its row, and the message that starts it.</summary>
internal sealed class Birth
{
    private readonly OrchestrationState state;
    private readonly byte[] detail;
    private readonly Outgoing start;
    private long key;

    public Birth(TaskMessage message)
    {
        var started = (ExecutionStartedEvent)message.Event;
        if (started.ScheduledStartTime is { Kind: DateTimeKind.Local } local)
        {
            started.ScheduledStartTime = local.ToUniversalTime();
        }

        state = new()
        {
            OrchestrationInstance = started.OrchestrationInstance ?? message.OrchestrationInstance,
            ParentInstance = started.ParentInstance,
            Name = started.Name,
            Version = started.Version,
            Tags = started.Tags,
            Input = started.Input,
            OrchestrationStatus = OrchestrationStatus.Pending,
            CreatedTime = started.Timestamp.ToUniversalTime(),
            LastUpdatedTime = started.Timestamp.ToUniversalTime(),
            CompletedTime = DateTime.MaxValue,
            ScheduledStartTime = started.ScheduledStartTime,
            Generation = started.Generation,
        };
        detail = InstanceRow.Detail(state);
        start = new(message);
    }

    public int Size => start.Size;

    private string Id => state.OrchestrationInstance.InstanceId;

    /// <summary>An objection when the id is taken by an instance in one of those states; else the instance takes the place of what was
    /// there.</summary>
    public Exception? Apply(WriteStatements database, OrchestrationStatus[] taken)
    {
        if (database.Find(Id) is { } existing)
        {
            if (taken.Contains(existing.Status))
            {
                return new OrchestrationAlreadyExistsException(
                    $"An orchestration with the instance ID '{Id}' already exists. It is {existing.Status}.");
            }

            database.Delete(existing.Key);
        }

        key = database.Create(state, detail);
        start.Apply(database);
        return null;
    }

    public void Follow(Hub hub)
    {
        hub.Begin(Id, new(key, state.OrchestrationInstance.ExecutionId ?? "") { Status = OrchestrationStatus.Pending });
        hub.Arrive(start.Queued);
    }
}

/// <summary>A child that a turn begins. When its id is taken by one that has not ended, the parent is told.</summary>
internal sealed class ChildBirth
{
    private readonly Birth birth;
    private readonly Outgoing? refusal;
    private bool isRefused;

    public ChildBirth(TaskMessage message)
    {
        birth = new(message);
        if (((ExecutionStartedEvent)message.Event).ParentInstance is { OrchestrationInstance: not null } parent)
        {
            var id = message.OrchestrationInstance.InstanceId;
            var words = $"An orchestration with the instance ID '{id}' already exists and has not ended.";
            refusal = new(new()
            {
                OrchestrationInstance = parent.OrchestrationInstance,
                Event = new SubOrchestrationInstanceFailedEvent(
                    -1,
                    parent.TaskScheduleId,
                    words,
                    null,
                    new(typeof(OrchestrationAlreadyExistsException).FullName!, words, null, null, isNonRetriable: true)),
            });
        }
    }

    public int Size => birth.Size;

    public void Apply(WriteStatements database)
    {
        isRefused = birth.Apply(database, Statuses.NotEnded) is not null;
        if (isRefused)
        {
            refusal?.Apply(database);
        }
    }

    public void Follow(Hub hub)
    {
        if (!isRefused)
        {
            birth.Follow(hub);
        }
        else if (refusal is not null)
        {
            hub.Arrive(refusal.Queued);
        }
    }
}
