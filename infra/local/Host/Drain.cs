using Microsoft.Extensions.Hosting;

namespace Launchpad.Host;

/// <summary>How the process ends: what is under way may finish, is asked to stop after a while, and is cut off a little later.</summary>
internal sealed class Drain : IDisposable
{
    /// <summary>When invocations that are still running are cancelled.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>When the process stops waiting for them.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource deadline;

    public Drain(IHostApplicationLifetime lifetime, TimeProvider time)
    {
        deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        lifetime.ApplicationStopping.Register(() => deadline.CancelAfter(Patience));
    }

    public CancellationToken Deadline => deadline.Token;

    public void Dispose() => deadline.Dispose();
}
