namespace Microsoft.Azure.Functions.Worker;

/// <summary>How often a failed invocation is tried again.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class RetryAttribute : Attribute
{
    public RetryAttribute() { }

    public int MaxRetryCount { get; set; }

    private protected static TimeSpan Interval(string text, string parameter)
    {
        if (!TimeSpan.TryParse(text, out var interval))
        {
            throw new ArgumentOutOfRangeException(parameter);
        }

        return interval.Ticks >= 0 ? interval : throw new ArgumentOutOfRangeException(parameter, "The TimeSpan must not be negative.");
    }
}

/// <summary>Tries again after the same delay each time.</summary>
public sealed class FixedDelayRetryAttribute : RetryAttribute
{
    public FixedDelayRetryAttribute(int maxRetryCount, string delayInterval)
    {
        Interval(delayInterval, nameof(delayInterval));
        MaxRetryCount = maxRetryCount;
        DelayInterval = delayInterval;
    }

    public string DelayInterval { get; }
}

/// <summary>Tries again after delays that grow from a minimum to a maximum.</summary>
public sealed class ExponentialBackoffRetryAttribute : RetryAttribute
{
    public ExponentialBackoffRetryAttribute(int maxRetryCount, string minimumInterval, string maximumInterval)
    {
        if (Interval(minimumInterval, nameof(minimumInterval)) > Interval(maximumInterval, nameof(maximumInterval)))
        {
            throw new ArgumentException("The minimumInterval must not be greater than the maximumInterval.", nameof(minimumInterval));
        }

        MaxRetryCount = maxRetryCount;
        MinimumInterval = minimumInterval;
        MaximumInterval = maximumInterval;
    }

    public string MinimumInterval { get; }

    public string MaximumInterval { get; }
}
