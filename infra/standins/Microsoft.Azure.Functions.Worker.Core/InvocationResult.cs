namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a function returned; middleware may replace it.</summary>
public abstract class InvocationResult : InvocationResult<object>
{
    protected InvocationResult() { }
}

/// <inheritdoc cref="InvocationResult"/>
public abstract class InvocationResult<T>
{
    protected InvocationResult() { }

    public abstract T? Value { get; set; }
}

/// <summary>Where the host keeps what a function returned.</summary>
internal sealed class InvocationOutcome
{
    public object? Value { get; set; }
}

internal sealed class OutcomeResult(InvocationOutcome outcome) : InvocationResult
{
    public override object? Value
    {
        get => outcome.Value;
        set => outcome.Value = value;
    }
}

internal sealed class OutcomeResult<T>(InvocationOutcome outcome) : InvocationResult<T>
{
    public override T? Value
    {
        get => (T?)outcome.Value;
        set => outcome.Value = value;
    }
}
