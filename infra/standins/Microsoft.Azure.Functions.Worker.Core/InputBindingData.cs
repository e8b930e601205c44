namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a binding gives to a function; middleware may replace it.</summary>
public abstract class InputBindingData<T>
{
    protected InputBindingData() { }

    public abstract T? Value { get; set; }

    public abstract BindingMetadata BindingMetadata { get; }
}

/// <summary>Where the host keeps what was bound before the function runs: it is not bound again.</summary>
internal abstract class BoundInputs
{
    private readonly Dictionary<string, object?> values = [];

    public bool TryGet(string name, out object? value) => values.TryGetValue(name, out value);

    public void Set(string name, object? value) => values[name] = value;

    public async ValueTask<object?> GetAsync(string name, Type type)
    {
        if (!values.TryGetValue(name, out var value))
        {
            values[name] = value = await BindAsync(name, type);
        }

        return value;
    }

    protected abstract ValueTask<object?> BindAsync(string name, Type type);
}

internal sealed class BoundInput<T>(BoundInputs inputs, BindingMetadata binding) : InputBindingData<T>
{
    public override T? Value
    {
        get => inputs.TryGet(binding.Name, out var value) ? (T?)value : default;
        set => inputs.Set(binding.Name, value);
    }

    public override BindingMetadata BindingMetadata => binding;
}
