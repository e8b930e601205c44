using System.Collections.Immutable;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the trigger brought along, by name.</summary>
public abstract class BindingContext
{
    protected BindingContext() { }

    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}

/// <summary>The W3C trace that an invocation belongs to.</summary>
public abstract class TraceContext
{
    protected TraceContext() { }

    public abstract string TraceParent { get; }

    public abstract string TraceState { get; }

    public virtual IReadOnlyDictionary<string, string> Attributes => ImmutableDictionary<string, string>.Empty;

    public virtual IReadOnlyDictionary<string, string> Baggage => ImmutableDictionary<string, string>.Empty;
}

/// <summary>Which attempt of an invocation this is.</summary>
public abstract class RetryContext
{
    protected RetryContext() { }

    public abstract int RetryCount { get; }

    public abstract int MaxRetryCount { get; }
}

/// <summary>Things attached to one invocation, by type.</summary>
public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    void Set<T>(T instance);

    T? Get<T>();
}
