namespace Launchpad.Host;

/// <summary>How the process ends: what is under way may finish, is asked to stop after a while, and is cut off a little later.</summary>
internal sealed class Drain(TimeProvider time) : IDisposable
{
    /// <summary>When invocations that are still running are cancelled.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>When the process stops waiting for them.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource _deadline = new(Timeout.InfiniteTimeSpan, time);

    public CancellationToken Deadline => _deadline.Token;

    public void Begin() => _deadline.CancelAfter(Patience);

    public void Dispose() => _deadline.Dispose();
}
