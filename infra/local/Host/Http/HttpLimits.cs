using System.Threading.RateLimiting;

namespace Launchpad.Host.Http;

/// <summary>How many requests run and how many wait, as host.json says; what is over both is answered 429.</summary>
internal sealed class HttpLimits : IDisposable
{
    private readonly ConcurrencyLimiter _limiter;

    public HttpLimits(HostJson host)
    {
        var outstanding = host.MaxOutstandingRequests ?? int.MaxValue;
        var running = Math.Min(host.MaxConcurrentRequests ?? int.MaxValue, outstanding);
        _limiter = new(new()
        {
            PermitLimit = running,
            QueueLimit = outstanding - running,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>A place, once there is one. It is not acquired when there are too many requests already.</summary>
    public ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellation) => _limiter.AcquireAsync(1, cancellation);

    public void Dispose() => _limiter.Dispose();
}
