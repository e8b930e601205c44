using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;

namespace Launchpad.Durable.Execution;

/// <summary>Ends an instance: its last event and status, the answer to its parent, and what is left of it in memory.</summary>
internal sealed class Ending(Parts parts, TurnRecord turn)
{
    public void Add(Outcome outcome)
    {
        var instance = turn.Instance;
        if (outcome.Kind is not EventKind.ExecutionTerminated)
        {
            turn.Decide(new(outcome.Kind) { Failure = outcome.Failure });
        }
        else if (turn.Inputs[^1].Recursive is true)
        {
            TerminateChildren(outcome.Output);
        }

        // As Durable Task does: what a failed orchestration leaves as its output is the message of its failure.
        turn.SetOutput(outcome.Output ?? outcome.Failure?.Message);
        turn.SetStatus(
            outcome.Kind switch
            {
                EventKind.ExecutionCompleted => OrchestrationRuntimeStatus.Completed,
                EventKind.ExecutionFailed => OrchestrationRuntimeStatus.Failed,
                _ => OrchestrationRuntimeStatus.Terminated,
            },
            outcome.Failure);
        foreach (var abandoned in instance.Open.Keys)
        {
            turn.Add(parts.Attempts.Clear(instance.Key, abandoned));
        }

        parts.Metrics.HistoryEnded(instance.EventCount);
        Answer(outcome);
        turn.Then(Close);
    }

    private void TerminateChildren(string? output)
    {
        foreach (var child in turn.Instance.Open.Values.Where(open => open.Kind is EventKind.SubOrchestrationCreated))
        {
            if (parts.Registry.Find(child.Instance!) is { } running)
            {
                turn.Send(running, new(EventKind.ExecutionTerminated) { Data = output, Recursive = true });
            }
        }
    }

    /// <summary>Tells the parent, if there is one that still runs.</summary>
    private void Answer(Outcome outcome)
    {
        if (turn.Instance.Parent is not { } link || parts.Registry.Find(link.Id) is not { } parent)
        {
            return;
        }

        turn.Send(parent, outcome.Kind is EventKind.ExecutionCompleted
            ? new(EventKind.SubOrchestrationCompleted) { Id = link.Task, Generation = link.Generation, Data = outcome.Output }
            : new(EventKind.SubOrchestrationFailed)
            {
                Id = link.Task,
                Generation = link.Generation,
                Failure = outcome.Failure ?? new("Terminated", $"Sub-orchestration '{turn.Instance.Id}' was terminated.", null, null),
            });
    }

    private void Close()
    {
        parts.Registry.Remove(turn.Instance);
        var unread = turn.Instance.Close()
            .Where(message => message.Sequence != 0)
            .Select(message => new RemoveMessage(message.Sequence))
            .ToArray<Write>();
        if (unread.Length > 0)
        {
            parts.Writer.Submit(new(unread));
        }
    }
}
