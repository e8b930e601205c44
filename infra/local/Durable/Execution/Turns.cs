using System.Diagnostics.CodeAnalysis;
using Launchpad.Durable.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Launchpad.Durable.Execution;

/// <summary>Runs turns: takes what came in, lets the orchestrator decide, and has the writer make both durable at once.</summary>
internal sealed class Turns(Parts parts)
{
    private readonly OrchestratorCache cache = new(parts.Options.MaxCachedOrchestrators, parts.Dispatcher);
    private readonly Recovery recovery = new(parts);

    public int Cached => cache.Count;

    public void Run(Instance instance)
    {
        try
        {
            Take(instance);
        }
        catch (InvalidDataException damage)
        {
            SetAside(instance, damage);
        }
    }

    private void Take(Instance instance)
    {
        if (!instance.IsRecovered)
        {
            recovery.Recover(instance);
        }

        var messages = instance.Take();
        if (messages.Count == 0)
        {
            parts.Dispatcher.Release(instance);
            return;
        }

        if (instance.IsSuspect && recovery.Watch(instance, messages))
        {
            return;
        }

        parts.Metrics.Turn();
        var turn = new TurnRecord(parts, instance, messages);
        recovery.Cleared(turn);
        if (turn.Inputs.Count == 0)
        {
            turn.Submit();
        }
        else if (recovery.Verdict(instance) is { } verdict)
        {
            parts.Metrics.DeadLetter(instance.Name);
            End(turn, new(EventKind.ExecutionFailed, Failure: verdict));
            turn.Submit();
        }
        else
        {
            Play(turn, messages[^1].Event);
        }
    }

    /// <summary>What is stored of it is damaged: it gets no turn in this process, so nothing is built on the damage. The others go on.</summary>
    private void SetAside(Instance instance, InvalidDataException damage)
    {
        parts.Logger.LogError(damage, "{Instance} ({Name}) is set aside.", instance.Id, instance.Name);
        cache.Remove(instance);
        parts.Writer.Submit(new(new UpdateInstance(
            instance.Key, OrchestrationRuntimeStatus.Suspended, parts.Now, instance.CustomStatus, default, Failure.Of(damage)))
        {
            Committed = () => parts.Waiters.Signal(instance.Id, end: false),
        });
    }

    private void Play(TurnRecord turn, HistoryEvent last)
    {
        var instance = turn.Instance;
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
            case var _ when instance is { HasStarted: true, IsSuspended: false }:
                turn.SetStatus(OrchestrationRuntimeStatus.Running);
                Drive(turn);
                return;
            default:
                // Kept for later: the instance is suspended, or its time has not come.
                turn.SetStatus(
                    instance.IsSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Pending, instance.Problem);
                break;
        }

        turn.Submit();
    }

    private void Drive(TurnRecord turn)
    {
        var instance = turn.Instance;
        if (turn.IsFirst && !parts.Catalog.Orchestrators.ContainsKey(instance.Name))
        {
            End(turn, new(EventKind.ExecutionFailed, Failure: Failure.NoOrchestrator(instance.Name)));
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
        if (!TryTakeCustomStatus(turn, context, out var unreadable))
        {
            End(turn, unreadable);
            turn.Submit();
            return;
        }

        foreach (var action in context.TakeActions())
        {
            turn.Decide(action);
            Follow(turn, action);
        }

        context.TakeCancelledTimers().ForEach(id => instance.Open.Remove(id));
        if (outcome?.Kind is EventKind.ContinuedAsNew)
        {
            Continue(turn, context);
            return;
        }

        if (outcome is not null)
        {
            End(turn, outcome);
        }

        WarnOfLength(instance);
        turn.Submit();
    }

    /// <summary>False when the status cannot be serialized: then the instance fails, and what this turn asked for is not begun.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever the converter throws is the orchestration's failure.")]
    private static bool TryTakeCustomStatus(TurnRecord turn, OrchestrationContext context, [NotNullWhen(false)] out Outcome? failure)
    {
        try
        {
            if (context.TakeCustomStatus() is (true, var status))
            {
                turn.SetCustomStatus(status);
            }

            failure = null;
            return true;
        }
        catch (Exception exception)
        {
            failure = new(EventKind.ExecutionFailed, Failure: Failure.Of(exception));
            return false;
        }
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
            parts.Metrics.Mismatch();
            turn.Suspend(new(Failure.Mismatch, mismatch.Message, null, null));
        }
        catch (Exception exception) when (exception is not InvalidDataException)
        {
            parts.Logger.LogError(
                exception, "{Instance} ({Name}) is suspended: its history cannot be replayed.", instance.Id, instance.Name);
            turn.Suspend(Failure.Of(exception));
        }

        return null;
    }

    private Orchestrator Load(Instance instance)
    {
        if (!parts.Catalog.Orchestrators.TryGetValue(instance.Name, out var code))
        {
            throw new ReplayMismatchException(Failure.NoOrchestrator(instance.Name).Message);
        }

        var generation = instance.Generation;
        var orchestrator = new Orchestrator(instance, code, parts.Services)
        {
            LeftItsThread = () => parts.Dispatcher.Deliver(instance, new(new(EventKind.LeftItsThread) { Generation = generation })),
        };
        orchestrator.Replay(parts.Reader.History(instance.Key));
        return instance.Orchestrator = orchestrator;
    }

    private void Continue(TurnRecord turn, OrchestrationContext context)
    {
        var (instance, continuation) = (turn.Instance, context.Continuation!);
        var carried = context.Events.CarriedOver(continuation.PreserveUnprocessedEvents);
        var next = instance.Generation + 1;
        parts.Metrics.HistoryEnded(instance.EventCount);
        turn.Then(() =>
        {
            parts.Forget(instance.Key, next);
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
        // Of now: when this follows, the instance may be in its next generation, whose tasks have the same numbers.
        var (instance, generation) = (turn.Instance, turn.Instance.Generation);
        switch (action.Kind)
        {
            case EventKind.TaskScheduled:
                turn.Then(() => parts.Activities.Enqueue(instance, action));
                break;
            case EventKind.TimerCreated:
                turn.Then(() => parts.Timers.Arm(new(action.At!.Value, instance.Key, generation, action.Id!.Value)));
                break;
            case EventKind.SubOrchestrationCreated:
                new ChildStart(parts, turn).Add(action);
                break;
            case EventKind.EventSent when parts.Registry.Find(action.Instance!) is { } receiver:
                turn.Send(receiver, new(EventKind.EventRaised) { Name = action.Name, Data = action.Data });
                break;
            case EventKind.EventSent:
                parts.Logger.LogWarning(
                    "{Instance} sent event {Event} to {Receiver}, which is not running.", instance.Id, action.Name, action.Instance);
                break;
        }
    }

    private void End(TurnRecord turn, Outcome outcome)
    {
        new Ending(parts, turn).Add(outcome);
        turn.Then(() => cache.Remove(turn.Instance));
    }

    private void WarnOfLength(Instance instance)
    {
        if (instance.EventCount > parts.Options.HistoryEventsWarning && !instance.IsWarned)
        {
            instance.IsWarned = true;
            parts.Metrics.HistoryWarning();
            parts.Logger.LogWarning(
                "The history of {Instance} ({Name}) has {Count} events; it should continue as new.",
                instance.Id,
                instance.Name,
                instance.EventCount);
        }
    }
}
