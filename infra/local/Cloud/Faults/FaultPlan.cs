namespace Launchpad.Local.Faults;

/// <summary>What happens to one call instead of, or around, what it asked for.</summary>
public enum FaultKind
{
    None,
    FailBefore,
    FailAfter,
    Timeout,
    Duplicate,
    Throttle,
    Delay,
}

/// <summary>One rule: which calls it takes, how many it lets pass first, how many it hits.</summary>
public sealed record FaultRule(
    string Service, FaultKind Fault, string? Method = null, string? Path = null, int Skip = 0, int? Count = null,
    int RetryAfterSeconds = 1, int DelayMs = 0, double Probability = 1);

/// <summary>The verdict on one call.</summary>
public readonly record struct Fault(FaultKind Kind, TimeSpan Delay, TimeSpan RetryAfter)
{
    public static Fault None => default;
}

/// <summary>Decides which calls to the pocket cloud go wrong. The same plan and the same order of calls give the same faults.</summary>
public sealed class FaultPlan
{
    public ValueTask<Fault> DecideAsync(string service, string method, string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Fault.None);
    }
}
