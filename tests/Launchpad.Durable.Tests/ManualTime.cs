namespace Launchpad.Durable.Tests;

/// <summary>A clock that goes when it is told to.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Sleep> sleeps = [];
    private DateTimeOffset now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var sleep = new Sleep(this, () => callback(state));
        sleep.Change(dueTime, period);
        return sleep;
    }

    public void Advance(TimeSpan by)
    {
        List<Sleep> over;
        lock (gate)
        {
            now += by;
            over = sleeps.Where(sleep => sleep.Due <= now).ToList();
            sleeps.RemoveAll(over.Contains);
        }

        over.ForEach(sleep => sleep.Wake());
    }

    private sealed class Sleep(ManualTime time, Action wake) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Wake() => wake();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.sleeps.Remove(this);
                if (dueTime == TimeSpan.Zero)
                {
                    ThreadPool.QueueUserWorkItem(_ => wake());
                }
                else if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time.now + dueTime;
                    time.sleeps.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
