namespace Microsoft.Azure.Functions.Worker.Converters;

/// <summary>Turns what a trigger or binding brought into the type of a parameter.</summary>
public interface IInputConverter
{
    ValueTask<ConversionResult> ConvertAsync(ConverterContext context);
}

/// <summary>What a converter is given.</summary>
public abstract class ConverterContext
{
    protected ConverterContext() { }

    public abstract Type TargetType { get; }

    public abstract object? Source { get; }

    public abstract FunctionContext FunctionContext { get; }

    public abstract IReadOnlyDictionary<string, object> Properties { get; }
}

/// <summary>What a converter made of it.</summary>
public readonly struct ConversionResult
{
    private ConversionResult(ConversionStatus status, object? value = null, Exception? error = null)
    {
        Status = status;
        Value = value;
        Error = error;
    }

    public ConversionStatus Status { get; }

    public object? Value { get; }

    public Exception? Error { get; }

    public static ConversionResult Unhandled() => new(ConversionStatus.Unhandled);

    public static ConversionResult Success(object? value) => new(ConversionStatus.Succeeded, value);

    public static ConversionResult Failed(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new(ConversionStatus.Failed, error: exception);
    }
}

/// <summary>Whether a converter took the value.</summary>
public enum ConversionStatus
{
    Unhandled,
    Succeeded,
    Failed,
}

/// <summary>Names the converter of a parameter, of a binding or of a type.</summary>
[AttributeUsage(
    AttributeTargets.Parameter | AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Enum | AttributeTargets.Struct,
    AllowMultiple = true)]
public class InputConverterAttribute : Attribute
{
    public InputConverterAttribute(Type converterType)
    {
        ArgumentNullException.ThrowIfNull(converterType);
        if (!typeof(IInputConverter).IsAssignableFrom(converterType))
        {
            throw new InvalidOperationException(
                $"{converterType.Name} must implement {typeof(IInputConverter).FullName} to be used as an input converter.");
        }

        ConverterType = converterType;
    }

    public Type ConverterType { get; }
}

/// <summary>Whether the general converters may try when those of a binding did not take the value.</summary>
public enum ConverterFallbackBehavior
{
    Allow = 0,
    Disallow = 1,
    Default = Allow,
}

/// <inheritdoc cref="ConverterFallbackBehavior"/>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ConverterFallbackBehaviorAttribute(ConverterFallbackBehavior fallbackBehavior) : Attribute
{
    public ConverterFallbackBehavior Behavior { get; } = fallbackBehavior;
}
