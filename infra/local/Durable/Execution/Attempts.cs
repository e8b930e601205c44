using System.Collections.Concurrent;
using Launchpad.Durable.Storage;

namespace Launchpad.Durable.Execution;

/// <summary>Finds what ends the process. After a crash everything that may have been running is a suspect: it is marked in the
/// database while it runs, so that the next crash names it. Whatever was named twice runs alone, so that no neighbour is named with it.</summary>
internal sealed class Attempts
{
    /// <summary>In place of a task: a turn of the orchestrator.</summary>
    public const int Turn = -1;

    private const int CrashesBeforeAlone = 2;

    private readonly ConcurrentDictionary<(long Instance, int Task), int> crashes = new();
    private readonly Queue<Action> waiting = new();
    private readonly Lock gate = new();
    private readonly int max;
    private bool isOccupied;

    public Attempts(Dictionary<(long Instance, int Task), (int Crashes, bool Running)> marks, bool afterCrash, int max)
    {
        this.max = max;
        AfterCrash = afterCrash;
        foreach (var (what, (count, running)) in marks)
        {
            crashes[what] = count + (afterCrash && running ? 1 : 0);
        }
    }

    public bool AfterCrash { get; }

    /// <summary>What the marks say now, for the database.</summary>
    public IEnumerable<Write> Marks => crashes.Select(mark => new SetAttempt(mark.Key.Instance, mark.Key.Task, mark.Value, false));

    public int Crashes(long instance, int task) => crashes.GetValueOrDefault((instance, task));

    public bool IsPoison(long instance, int task) => Crashes(instance, task) >= max;

    public bool RunsAlone(long instance, int task) => Crashes(instance, task) >= CrashesBeforeAlone;

    public Failure Verdict(long instance, int task, string what) => new(
        Failure.Poison, $"The process ended {Crashes(instance, task)} times while {what} was running. It is not tried again.", null, null);

    public Write Mark(long instance, int task) => new SetAttempt(instance, task, crashes.GetOrAdd((instance, task), 0), true);

    /// <summary>The write that takes a mark away, if there is one.</summary>
    public Write? Clear(long instance, int task) => crashes.TryRemove((instance, task), out _) ? new ForgetAttempt(instance, task) : null;

    /// <summary>Goes on when nobody else runs alone.</summary>
    public void EnterAlone(Action go)
    {
        lock (gate)
        {
            if (isOccupied)
            {
                waiting.Enqueue(go);
                return;
            }

            isOccupied = true;
        }

        go();
    }

    public void LeaveAlone()
    {
        Action? next;
        lock (gate)
        {
            isOccupied = waiting.TryDequeue(out next);
        }

        next?.Invoke();
    }
}
