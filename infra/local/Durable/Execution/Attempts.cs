using System.Collections.Concurrent;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Execution;

/// <summary>How often the process ended while this alone was running, and whether it has to run alone: because it was running
/// together with others when the process ended.</summary>
internal readonly record struct Blame(int Crashes, bool Alone);

/// <summary>Finds what ends the process. After a crash all that may have been running is suspect, and marked in the database while it
/// runs again. A crash under several marks accuses nobody, but from then on these run alone; a crash under one mark is counted.</summary>
internal sealed class Attempts
{
    /// <summary>In place of a task: a turn of the orchestrator.</summary>
    public const int Turn = -1;

    private readonly ConcurrentDictionary<(long Instance, int Task), Blame> suspects = new();
    private readonly Queue<(bool Alone, Action Go)> waiting = new();
    private readonly Lock gate = new();
    private readonly int max;
    private int sharing;
    private bool isAlone;

    public Attempts(Dictionary<(long Instance, int Task), (Blame Blame, bool Running)> marks, bool afterCrash, int max)
    {
        this.max = max;
        AfterCrash = afterCrash;
        var accused = afterCrash ? marks.Count(mark => mark.Value.Running) : 0;
        foreach (var (what, (blame, running)) in marks)
        {
            suspects[what] = accused switch
            {
                > 0 when !running => blame,
                1 => new(blame.Crashes + 1, true),
                > 1 => blame with { Alone = true },
                _ => blame,
            };
        }
    }

    public bool AfterCrash { get; }

    /// <summary>What the marks say now, for the database.</summary>
    public IEnumerable<Write> Marks => suspects.Select(mark => new SetAttempt(mark.Key.Instance, mark.Key.Task, mark.Value, false));

    public int Crashes(long instance, int task) => suspects.GetValueOrDefault((instance, task)).Crashes;

    public bool IsPoison(long instance, int task) => Crashes(instance, task) >= max;

    public bool RunsAlone(long instance, int task) => suspects.GetValueOrDefault((instance, task)).Alone;

    public Failure Verdict(long instance, int task, string what) => new(
        Failure.Poison, $"The process ended {Crashes(instance, task)} times while {what} was running. It is not tried again.", null, null);

    public Write Mark(long instance, int task, bool running) =>
        new SetAttempt(instance, task, suspects.GetOrAdd((instance, task), new Blame()), running);

    /// <summary>The write that takes a mark away, if there is one.</summary>
    public Write? Clear(long instance, int task) => suspects.TryRemove((instance, task), out _) ? new ForgetAttempt(instance, task) : null;

    /// <summary>Goes on together with other suspects, or when none of them is running; in the order of asking.</summary>
    public void Enter(bool alone, Action go)
    {
        lock (gate)
        {
            waiting.Enqueue((alone, go));
        }

        Admit();
    }

    public void Leave(bool alone)
    {
        lock (gate)
        {
            if (alone)
            {
                isAlone = false;
            }
            else
            {
                sharing--;
            }
        }

        Admit();
    }

    private void Admit()
    {
        while (true)
        {
            Action go;
            lock (gate)
            {
                if (!waiting.TryPeek(out var next) || isAlone || (next.Alone && sharing > 0))
                {
                    return;
                }

                waiting.Dequeue();
                isAlone = next.Alone;
                sharing += next.Alone ? 0 : 1;
                go = next.Go;
            }

            go();
        }
    }
}
