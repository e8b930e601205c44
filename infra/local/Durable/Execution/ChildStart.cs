using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Execution;

/// <summary>Starts a sub-orchestration in the transaction of the turn that asked for it, so there is never one without the other.</summary>
internal sealed class ChildStart(Parts parts, TurnRecord turn)
{
    public void Add(HistoryEvent action)
    {
        var parent = turn.Instance;
        var id = action.Instance!;
        if (!parts.Registry.TryClaim(id))
        {
            Refuse(action);
            return;
        }

        if (parts.Registry.Find(id) is not null)
        {
            parts.Registry.Unclaim(id);
            Refuse(action);
            return;
        }

        if (parts.Reader.Find(id) is { } ended)
        {
            turn.Add(new PurgeInstance(ended.Key));
            turn.Then(() => parts.Forget(ended.Key));
        }

        var key = parts.Registry.NextKey();
        var row = new InstanceRow(key, id, action.Name!, action.Version ?? "")
        {
            Status = OrchestrationRuntimeStatus.Pending,
            Created = turn.At,
            Updated = turn.At,
            Parent = new(parent.Id, parent.Name, action.Id!.Value, parent.Generation),
            Tags = action.Tags,
            Input = parts.Store(key, 0, action.Data),
        };
        turn.Add(new CreateInstance(row));
        turn.Then(() =>
        {
            var child = new Instance(row) { IsRecovered = true };
            parts.Registry.Add(child);
            parts.Registry.Unclaim(id);
            parts.Begin(child);
        });
    }

    /// <summary>The id belongs to an instance that has not ended: the parent's task fails, as a start would.</summary>
    private void Refuse(HistoryEvent action)
    {
        var failure = new Failure(
            typeof(DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException).FullName!,
            $"An orchestration instance with the ID '{action.Instance}' already exists.",
            null,
            null);
        var parent = turn.Instance;
        turn.Send(parent, new(EventKind.SubOrchestrationFailed) { Id = action.Id, Generation = parent.Generation, Failure = failure });
    }
}
