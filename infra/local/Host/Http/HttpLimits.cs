using System.Threading.RateLimiting;

namespace Launchpad.Host.Http;

/// <summary>How many requests run and how many wait, as host.json says; what is over both is answered 429.</summary>
internal sealed class HttpLimits : IDisposable
{
    private readonly ConcurrencyLimiter? _limiter;

    public HttpLimits(HostJson host)
    {
        var (running, outstanding) = (host.MaxConcurrentRequests, host.MaxOutstandingRequests);
        if (running < 1 && outstanding < 1)
        {
            return;
        }

        var permits = running < 1 ? outstanding : running;
        var waiting = outstanding < 1 ? int.MaxValue : Math.Max(0, outstanding - permits);
        _limiter = new(new() { PermitLimit = permits, QueueLimit = waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
    }

    /// <summary>Null when there are too many already.</summary>
    public async ValueTask<IDisposable?> EnterAsync(CancellationToken cancellation)
    {
        if (_limiter is null)
        {
            return Unlimited.Instance;
        }

        var lease = await _limiter.AcquireAsync(1, cancellation);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    public void Dispose() => _limiter?.Dispose();

    private sealed class Unlimited : IDisposable
    {
        public static readonly Unlimited Instance = new();

        public void Dispose()
        {
        }
    }
}
