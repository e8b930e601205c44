using System.Diagnostics.CodeAnalysis;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Execution;

/// <summary>Runs turns: takes what came in, lets the orchestrator decide, and has the writer make both durable at once.</summary>
internal sealed class Turns(Parts parts, OrchestratorCache cache)
{
    public void Run(Instance instance)
    {
        if (!instance.IsRecovered)
        {
            Recover(instance);
        }

        var messages = instance.Take();
        if (messages.Count == 0)
        {
            parts.Dispatcher.Release(instance);
        }
        else if (instance.IsSuspect)
        {
            Watch(instance, messages);
        }
        else
        {
            Play(new(parts, instance, messages), messages);
        }
    }

    /// <summary>Reads what the history implies, and begins again what it began and did not see the end of.</summary>
    private void Recover(Instance instance)
    {
        foreach (var e in parts.Reader.History(instance.Key).SelectMany(turn => turn))
        {
            instance.Track(e);
        }

        instance.IsRecovered = true;
        instance.IsSuspect = parts.Attempts.AfterCrash;
        if (!instance.HasStarted)
        {
            parts.Begin(instance);
        }

        foreach (var open in instance.Open.Values)
        {
            if (open.Kind is EventKind.TaskScheduled)
            {
                parts.Activities.Enqueue(instance, open, isSuspect: parts.Attempts.AfterCrash);
            }
            else if (open.Kind is EventKind.TimerCreated)
            {
                parts.Timers.Arm(new(open.At!.Value, instance.Key, instance.Generation, open.Id!.Value));
            }
        }
    }

    /// <summary>The first turn after a crash runs under a mark, which the turn's own commit takes away again.</summary>
    private void Watch(Instance instance, List<Message> messages)
    {
        instance.IsSuspect = false;
        if (parts.Attempts.IsPoison(instance.Key, Attempts.Turn))
        {
            var turn = new TurnRecord(parts, instance, messages);
            var verdict = parts.Attempts.Verdict(instance.Key, Attempts.Turn, $"orchestrator '{instance.Name}'");
            turn.Add(parts.Attempts.Clear(instance.Key, Attempts.Turn));
            End(turn, new(EventKind.ExecutionFailed, Failure: verdict));
            turn.Submit();
            return;
        }

        instance.Return(messages);
        instance.RunsAlone = parts.Attempts.RunsAlone(instance.Key, Attempts.Turn);
        instance.IsMarked = true;
        parts.Attempts.Enter(instance.RunsAlone, () => parts.Writer.Submit(new(parts.Attempts.Mark(instance.Key, Attempts.Turn, running: true))
        {
            Committed = () => parts.Dispatcher.Enqueue(instance),
        }));
    }

    private void Play(TurnRecord turn, List<Message> messages)
    {
        var instance = turn.Instance;
        if (instance.IsMarked)
        {
            instance.IsMarked = false;
            turn.Add(parts.Attempts.Clear(instance.Key, Attempts.Turn));
            turn.Then(() => parts.Attempts.Leave(instance.RunsAlone));
        }

        if (turn.Inputs.Count == 0)
        {
            turn.Submit();
            return;
        }

        var last = messages[^1].Event;
        switch (last.Kind)
        {
            case EventKind.ExecutionTerminated:
                End(turn, new(EventKind.ExecutionTerminated, parts.Payloads.Text(instance.Key, last)));
                break;
            case EventKind.LeftItsThread:
                End(turn, new(EventKind.ExecutionFailed, Failure: Failure.Of(OrchestrationContext.LeftItsThread())));
                break;
            case EventKind.ExecutionSuspended:
                instance.Orchestrator = null;
                turn.SetStatus(OrchestrationRuntimeStatus.Suspended);
                break;
            default:
                if (instance is { HasStarted: true, IsSuspended: false })
                {
                    turn.SetStatus(OrchestrationRuntimeStatus.Running);
                    Drive(turn);
                    return;
                }

                // Kept for later: the instance is suspended, or its time has not come.
                turn.SetStatus(instance.IsSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Pending, instance.Problem);
                break;
        }

        turn.Submit();
    }

    private void Drive(TurnRecord turn)
    {
        var instance = turn.Instance;
        if (!parts.Catalog.Orchestrators.ContainsKey(instance.Name) && turn.IsFirst)
        {
            End(turn, new(EventKind.ExecutionFailed, Failure: NotFound(instance.Name)));
            turn.Submit();
            return;
        }

        if (Bring(turn) is not { } orchestrator)
        {
            turn.Submit();
            return;
        }

        instance.Problem = null;
        var outcome = orchestrator.Run(turn.Inputs);
        var context = orchestrator.Context;
        foreach (var action in context.TakeActions())
        {
            turn.Decide(action);
            Follow(turn, action);
        }

        context.TakeCancelledTimers().ForEach(id => instance.Open.Remove(id));
        if (context.TakeCustomStatus() is (true, var status))
        {
            turn.SetCustomStatus(status);
        }

        if (outcome?.Kind is EventKind.ContinuedAsNew)
        {
            Continue(turn, context);
            return;
        }

        if (outcome is not null)
        {
            End(turn, outcome);
        }
        else if (instance.EventCount > parts.Options.HistoryEventsWarning && !instance.IsWarned)
        {
            instance.IsWarned = true;
            parts.Logger.LogWarning("The history of {Instance} ({Name}) has {Count} events; it should continue as new.", instance.Id, instance.Name, instance.EventCount);
        }

        turn.Submit();
    }

    /// <summary>The orchestrator at the end of its history; null when it cannot get there, and the instance is suspended.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps one instance from being replayed, the others go on.")]
    private Orchestrator? Bring(TurnRecord turn)
    {
        var instance = turn.Instance;
        try
        {
            var orchestrator = instance.Orchestrator ?? Load(instance);
            cache.Touch(instance);
            return orchestrator;
        }
        catch (ReplayMismatchException mismatch)
        {
            parts.Logger.LogError("{Instance} ({Name}) is suspended. {Reason}", instance.Id, instance.Name, mismatch.Message);
            turn.Suspend(new(Failure.Mismatch, mismatch.Message, null, null));
        }
        catch (Exception exception)
        {
            parts.Logger.LogError(exception, "{Instance} ({Name}) is suspended: it cannot be brought to the end of its history.", instance.Id, instance.Name);
            turn.Suspend(Failure.Of(exception));
        }

        return null;
    }

    private Orchestrator Load(Instance instance)
    {
        if (!parts.Catalog.Orchestrators.TryGetValue(instance.Name, out var code))
        {
            throw new ReplayMismatchException(NotFound(instance.Name).Message);
        }

        var generation = instance.Generation;
        var orchestrator = new Orchestrator(instance, code, parts)
        {
            LeftItsThread = () => parts.Dispatcher.Deliver(instance, new(new(EventKind.LeftItsThread) { Generation = generation })),
        };
        orchestrator.Replay(parts.Reader.History(instance.Key));
        return instance.Orchestrator = orchestrator;
    }

    private void Continue(TurnRecord turn, OrchestrationContext context)
    {
        var (instance, continuation) = (turn.Instance, context.Continuation!);
        var carried = continuation.PreserveUnprocessedEvents ? context.Events.Unprocessed().ToList() : [];
        var next = instance.Generation + 1;
        turn.Then(() =>
        {
            parts.Payloads.Forget(instance.Key, next);
            parts.Begin(instance);
        });
        turn.Renew(
            parts.Store(instance.Key, next, context.ContinuationInput),
            string.IsNullOrWhiteSpace(continuation.NewVersion) ? instance.Version : continuation.NewVersion,
            carried);
    }

    /// <summary>What an action leads to once it is durable.</summary>
    private void Follow(TurnRecord turn, HistoryEvent action)
    {
        var instance = turn.Instance;
        switch (action.Kind)
        {
            case EventKind.TaskScheduled:
                turn.Then(() => parts.Activities.Enqueue(instance, action));
                break;
            case EventKind.TimerCreated:
                turn.Then(() => parts.Timers.Arm(new(action.At!.Value, instance.Key, instance.Generation, action.Id!.Value)));
                break;
            case EventKind.SubOrchestrationCreated:
                new ChildStart(parts, turn).Add(action);
                break;
            case EventKind.EventSent when parts.Registry.Find(action.Instance!) is { } receiver:
                Send(turn, receiver, new(EventKind.EventRaised) { Name = action.Name, Data = action.Data });
                break;
            case EventKind.EventSent:
                parts.Logger.LogWarning("{Instance} sent event {Event} to {Receiver}, which is not running.", instance.Id, action.Name, action.Instance);
                break;
        }
    }

    private void End(TurnRecord turn, Outcome outcome)
    {
        var instance = turn.Instance;
        if (outcome.Kind is not EventKind.ExecutionTerminated)
        {
            turn.Decide(new(outcome.Kind) { Failure = outcome.Failure });
        }
        else if (turn.Inputs[^1].Recursive is true)
        {
            foreach (var child in instance.Open.Values.Where(open => open.Kind is EventKind.SubOrchestrationCreated))
            {
                if (parts.Registry.Find(child.Instance!) is { } running)
                {
                    Send(turn, running, new(EventKind.ExecutionTerminated) { Data = outcome.Output, Recursive = true });
                }
            }
        }

        turn.SetOutput(outcome.Output ?? outcome.Failure?.Message);
        turn.SetStatus(
            outcome.Kind switch
            {
                EventKind.ExecutionCompleted => OrchestrationRuntimeStatus.Completed,
                EventKind.ExecutionFailed => OrchestrationRuntimeStatus.Failed,
                _ => OrchestrationRuntimeStatus.Terminated,
            },
            outcome.Failure);
        Answer(turn, outcome);
        turn.Then(() => Close(instance));
    }

    /// <summary>Tells the parent, if there is one that still waits.</summary>
    private void Answer(TurnRecord turn, Outcome outcome)
    {
        if (turn.Instance.Parent is not { } link || parts.Registry.Find(link.Id) is not { } parent)
        {
            return;
        }

        Send(turn, parent, outcome.Kind is EventKind.ExecutionCompleted
            ? new(EventKind.SubOrchestrationCompleted) { Id = link.Task, Generation = link.Generation, Data = outcome.Output }
            : new(EventKind.SubOrchestrationFailed)
            {
                Id = link.Task,
                Generation = link.Generation,
                Failure = outcome.Failure ?? new("Terminated", $"Sub-orchestration '{turn.Instance.Id}' was terminated.", null, null),
            });
    }

    private void Send(TurnRecord turn, Instance receiver, HistoryEvent e)
    {
        var (message, write) = parts.Send(receiver, e);
        turn.Add(write);
        turn.Then(() => parts.Dispatcher.Deliver(receiver, message));
    }

    private void Close(Instance instance)
    {
        parts.Registry.Remove(instance);
        cache.Remove(instance);
        var unread = instance.Close().Where(message => message.Sequence != 0).Select(message => new RemoveMessage(message.Sequence)).ToArray<Write>();
        if (unread.Length > 0)
        {
            parts.Writer.Submit(new(unread));
        }
    }

    private static Failure NotFound(string name) => new(Failure.OrchestratorNotFound, $"No orchestrator task named '{name}' was found.", null, null);
}
