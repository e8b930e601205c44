namespace Launchpad.Durable.Execution;

/// <summary>Begins again what was under way when the process ended, and watches over what may have been the reason.</summary>
internal sealed class Recovery(Parts parts)
{
    /// <summary>Reads what the history implies, and begins again what it began and did not see the end of.</summary>
    public void Recover(Instance instance)
    {
        var turns = parts.Reader.History(instance.Key);
        instance.Turns = turns.Count;
        foreach (var e in turns.SelectMany(turn => turn))
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

    /// <summary>Puts the first turn after a crash off until it is marked; false when there is nothing to wait for.</summary>
    public bool Watch(Instance instance, List<Message> messages)
    {
        instance.IsSuspect = false;
        if (parts.Attempts.IsPoison(instance.Key, Attempts.Turn))
        {
            return false;
        }

        instance.Return(messages);
        var alone = parts.Attempts.RunsAlone(instance.Key, Attempts.Turn);
        instance.Watched = alone;
        parts.Attempts.Enter(alone, () => parts.Writer.Submit(new(parts.Attempts.Mark(instance.Key, Attempts.Turn, running: true))
        {
            Committed = () => parts.Dispatcher.Enqueue(instance),
        }));
        return true;
    }

    /// <summary>A watched turn that is committed has not ended the process: its mark goes with the same commit.</summary>
    public void Cleared(TurnRecord turn)
    {
        var instance = turn.Instance;
        if (instance.Watched is { } alone)
        {
            instance.Watched = null;
            turn.Add(parts.Attempts.Clear(instance.Key, Attempts.Turn));
            turn.Then(() => parts.Attempts.Leave(alone));
        }
    }

    public Failure? Verdict(Instance instance) => parts.Attempts.IsPoison(instance.Key, Attempts.Turn)
        ? parts.Attempts.Verdict(instance.Key, Attempts.Turn, $"orchestrator '{instance.Name}'")
        : null;
}
