namespace Launchpad.Durable.Dispatch;

/// <summary>Everything that is not due yet, in one heap with one sleep for the earliest. None is early: the clock decides, not the
/// sleep.</summary>
internal sealed class Timers : IDisposable
{
    private const int ForgottenMin = 1000;

    // The clock may jump while we sleep, and a machine may be suspended: look again now and then, while a timer is pending.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly TimeProvider time;
    private readonly Action<List<QueuedMessage>> fire;
    private readonly PriorityQueue<QueuedMessage, (long Due, long Sequence)> pending = new();
    private readonly Lock gate = new();
    private readonly ITimer sleep;
    private long wakes = long.MaxValue;
    private int forgotten;
    private bool stopped;

    public Timers(TimeProvider time, Action<List<QueuedMessage>> fire)
    {
        this.time = time;
        this.fire = fire;
        sleep = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Pending
    {
        get
        {
            lock (gate)
            {
                return pending.Count - forgotten;
            }
        }
    }

    public void Arm(QueuedMessage message)
    {
        lock (gate)
        {
            pending.Enqueue(message, (message.Due!.Value.Ticks, message.Sequence));
            if (message.Due.Value.Ticks < wakes)
            {
                Sleep();
            }
        }
    }

    /// <summary>Those that nobody waits for leave the heap when they are half of it: a month is long to be carried along.</summary>
    public void Forget(IReadOnlyCollection<QueuedMessage> messages)
    {
        lock (gate)
        {
            foreach (var message in messages)
            {
                message.IsForgotten = true;
            }

            forgotten += messages.Count;
            if (forgotten < ForgottenMin || forgotten < pending.Count / 2)
            {
                return;
            }

            var kept = pending.UnorderedItems.Where(item => !item.Element.IsForgotten).ToList();
            pending.Clear();
            pending.EnqueueRange(kept);
            forgotten = 0;
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
        var due = new List<QueuedMessage>();
        lock (gate)
        {
            var now = time.GetUtcNow().UtcTicks;
            while (pending.TryPeek(out var next, out var at) && at.Due <= now)
            {
                pending.Dequeue();
                if (next.IsForgotten)
                {
                    forgotten--;
                }
                else
                {
                    due.Add(next);
                }
            }

            Sleep();
        }

        fire(due);
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
        wakes = at.Due;
        var left = TimeSpan.FromTicks(Math.Max(0, at.Due - time.GetUtcNow().UtcTicks));
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        sleep.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
    }
}
