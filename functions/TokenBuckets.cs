namespace Launchpad.Functions;

/// <summary>A token bucket for every key, filled evenly by one token at a time. Unlike the rate limiters of the framework it takes tokens
/// back. Of a bucket is kept when it will be full; a full one is forgotten.</summary>
public sealed class TokenBuckets(int size, TimeSpan each, TimeProvider clock)
{
    private const int ForgetFrom = 1_024;

    private readonly Lock gate = new();
    private readonly Dictionary<string, TimeSpan> full = [];
    private readonly long start = clock.GetTimestamp();
    private int forgetAt = ForgetFrom;

    public bool TryTake(string key)
    {
        lock (gate)
        {
            if (WaitOf(key) > TimeSpan.Zero)
            {
                return false;
            }

            full[key] = FullAt(key) + each;
            Forget();
            return true;
        }
    }

    /// <exception cref="ProblemException">429 when there is none.</exception>
    public void Take(string key)
    {
        if (!TryTake(key))
        {
            throw Problems.TooManyAttempts((int)Math.Max(1, Math.Ceiling(Wait(key).TotalSeconds)));
        }
    }

    public void Return(string key)
    {
        lock (gate)
        {
            full[key] = FullAt(key) - each;
        }
    }

    /// <summary>Until there is a token; zero when there is one.</summary>
    public TimeSpan Wait(string key)
    {
        lock (gate)
        {
            return WaitOf(key);
        }
    }

    /// <summary>How many tokens there are, and until when all of them are there again.</summary>
    public (int Left, TimeSpan FullIn) Look(string key)
    {
        lock (gate)
        {
            var now = Now;
            var fullIn = FullAt(key) - now;
            return (Math.Clamp((int)(((size * each) - fullIn) / each), 0, size), fullIn);
        }
    }

    public int Size => size;

    public TimeSpan Window => size * each;

    // Not the time of day, which somebody may set back.
    private TimeSpan Now => clock.GetElapsedTime(start);

    private TimeSpan WaitOf(string key)
    {
        var wait = FullAt(key) + each - Now - (size * each);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private TimeSpan FullAt(string key)
    {
        var now = Now;
        return full.TryGetValue(key, out var at) && at > now ? at : now;
    }

    private void Forget()
    {
        if (full.Count >= forgetAt)
        {
            var now = Now;
            foreach (var (key, _) in full.Where(bucket => bucket.Value <= now).ToList())
            {
                full.Remove(key);
            }

            forgetAt = Math.Max(ForgetFrom, 2 * full.Count);
        }
    }
}
