namespace Launchpad.Host;

/// <summary>How the process ends: what is under way may finish, is asked to stop after a while, and is cut off a little later. All of it
/// takes less than fifteen seconds.</summary>
internal sealed class Drain(TimeProvider time) : IDisposable
{
    /// <summary>When requests and timers that are still running are cancelled.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>When the process stops waiting for them.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    /// <summary>How long the engine may take to put down its work. What it does not put down runs again after the next start.</summary>
    public static readonly TimeSpan EngineLimit = TimeSpan.FromSeconds(3);

    /// <summary>How long the app may take to end by itself.</summary>
    public static readonly TimeSpan AppLimit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _deadline = new(Timeout.InfiniteTimeSpan, time);

    public CancellationToken Deadline => _deadline.Token;

    public void Begin() => _deadline.CancelAfter(Patience);

    /// <summary>Waits no longer than that, and for no failure: the process ends in any case.</summary>
    public static async Task WithinAsync(Task ending, TimeSpan limit) =>
        await ending.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose() => _deadline.Dispose();
}
