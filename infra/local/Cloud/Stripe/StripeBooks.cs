namespace Launchpad.Local.Stripe;

/// <summary>The state on disk, and word of every change to it.</summary>
internal sealed class StripeBooks(StateFile<StripeState> file, TimeProvider time, Uri publicAddress, Disorder? disorder)
{
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change. Taken before reading, so that no change is missed in between.</summary>
    public Task Changed => _changed.Task;

    public StripeState Read() => file.Read();

    public Draft Draft(StripeState state, string? requestId = null, string? idempotencyKey = null) =>
        disorder is null
            ? new(state, time.GetUtcNow(), requestId, idempotencyKey) { PublicAddress = publicAddress }
            : new(state, time.GetUtcNow(), requestId, idempotencyKey) { PublicAddress = publicAddress, FirstAttempts = disorder.Next };

    public void Change(Action<Draft> change) => Change(state =>
    {
        var draft = Draft(state);
        change(draft);
        return draft.State;
    });

    /// <summary>On disk when this returns; an exception leaves everything as it was.</summary>
    public void Change(Func<StripeState, StripeState> change)
    {
        var before = file.Read();
        if (!ReferenceEquals(file.Update(change), before))
        {
            Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }
}

/// <summary>Stripe promises neither order nor "once". With a seed, this keeps that promise audibly: some first attempts come late, so
/// that later events overtake them, and some come twice.</summary>
internal sealed class Disorder(int seed)
{
    private const double LateMost = 1.5;

    private readonly Random _random = new(seed);

    public IReadOnlyList<TimeSpan> Next()
    {
        lock (_random)
        {
            var late = _random.Next(3) == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(_random.NextDouble() * LateMost);
            return _random.Next(4) == 0 ? [late, late + TimeSpan.FromSeconds(_random.NextDouble() * LateMost)] : [late];
        }
    }
}

/// <summary>Sleeping until something happens or a time comes; with neither, forever, at no cost.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static async Task ForAsync(TimeSpan? time, IEnumerable<Task> happenings, TimeProvider clock, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var length = time switch
        {
            null => Timeout.InfiniteTimeSpan,
            { Ticks: < 0 } => TimeSpan.Zero,
            { } given => given < Longest ? given : Longest,
        };
        var sleep = Task.Delay(length, clock, over.Token);
        await Task.WhenAny([sleep, .. happenings]);
        await over.CancelAsync();
    }
}
