using System.Collections;
using System.Diagnostics;
using Launchpad.Host.Discovery;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Host.Invocation;

/// <summary>One call of one function, with a service scope of its own unless its trigger brought one.</summary>
internal sealed class FunctionInvocation : FunctionContext, IAsyncDisposable
{
    private readonly IServiceScopeFactory scopes;
    private AsyncServiceScope? scope;
    private IServiceProvider? services;

    public FunctionInvocation(Function function, IServiceScopeFactory scopes, TriggerInput input, CancellationToken cancellation)
    {
        this.scopes = scopes;
        services = input.Services;
        Function = function;
        Input = input;
        CancellationToken = cancellation;
        BindingContext = new Data(input.BindingData);
        Features.Set(this);
        Features.Set(new InvocationOutcome());
    }

    public Function Function { get; }

    public TriggerInput Input { get; }

    public object? Result => Features.Get<InvocationOutcome>()!.Value;

    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => Function.Id;

    public override FunctionDefinition FunctionDefinition => Function;

    public override TraceContext TraceContext { get; } = new Trace(Activity.Current?.Id ?? "", Activity.Current?.TraceStateString ?? "");

    public override BindingContext BindingContext { get; }

    public override RetryContext RetryContext { get; } = new FirstAttempt();

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features { get; } = new FeatureBag();

    public override CancellationToken CancellationToken { get; }

    public override IServiceProvider InstanceServices
    {
        get => services ??= (scope ??= scopes.CreateAsyncScope()).ServiceProvider;
        set => services = value;
    }

    public ValueTask DisposeAsync() => scope?.DisposeAsync() ?? ValueTask.CompletedTask;

    private sealed class Data(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class Trace(string parent, string state) : TraceContext
    {
        public override string TraceParent => parent;

        public override string TraceState => state;
    }

    private sealed class FirstAttempt : RetryContext
    {
        public override int RetryCount => 0;

        public override int MaxRetryCount => 0;
    }

    private sealed class FeatureBag : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> features = [];

        public void Set<T>(T instance) => features[typeof(T)] = instance ?? throw new ArgumentNullException(nameof(instance));

        public T? Get<T>() => features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>What a trigger hands to its function.</summary>
internal sealed record TriggerInput(object? Value)
{
    public static readonly IReadOnlyDictionary<string, object?> NoData = new Dictionary<string, object?>();

    public IReadOnlyDictionary<string, object?> BindingData { get; init; } = NoData;

    /// <summary>The scope that the trigger already has, if it has one; it then belongs to the trigger.</summary>
    public IServiceProvider? Services { get; init; }
}
