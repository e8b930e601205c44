namespace Launchpad.Durable.Execution;

/// <summary>All durable timers, in one heap with one sleep for the earliest. None is early: the clock decides, not the sleep.</summary>
internal sealed class Timers : IDisposable
{
    // The clock may jump while we sleep, and a machine may be suspended: look again now and then, while a timer is pending.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly TimeProvider time;
    private readonly Action<Due> fire;
    private readonly PriorityQueue<Due, long> pending = new();
    private readonly Lock gate = new();
    private readonly ITimer sleep;
    private long wakes = long.MaxValue;
    private bool stopped;

    public Timers(TimeProvider time, Action<Due> fire)
    {
        this.time = time;
        this.fire = fire;
        sleep = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A timer of an instance, by key: one that outlives its instance does not hold it in memory.</summary>
    internal readonly record struct Due(DateTime At, long Instance, int Generation, int Task)
    {
        /// <summary>In place of a task: the time to start the instance has come.</summary>
        public const int Start = -1;
    }

    public int Pending
    {
        get
        {
            lock (gate)
            {
                return pending.Count;
            }
        }
    }

    public void Arm(Due due)
    {
        lock (gate)
        {
            pending.Enqueue(due, due.At.Ticks);
            if (due.At.Ticks < wakes)
            {
                Sleep();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
        }

        sleep.Dispose();
    }

    private void Wake()
    {
        var due = new List<Due>();
        lock (gate)
        {
            var now = time.GetUtcNow().UtcTicks;
            while (pending.TryPeek(out var next, out var at) && at <= now)
            {
                due.Add(next);
                pending.Dequeue();
            }

            Sleep();
        }

        due.ForEach(fire);
    }

    private void Sleep()
    {
        if (stopped)
        {
            return;
        }

        if (!pending.TryPeek(out _, out var at))
        {
            wakes = long.MaxValue;
            return;
        }

        // Up to the next whole millisecond: the system's timers cut the rest off and would wake us too early, only to sleep again.
        wakes = at;
        var left = TimeSpan.FromTicks(Math.Max(0, at - time.GetUtcNow().UtcTicks));
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        sleep.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
    }
}
