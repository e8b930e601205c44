using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Launchpad.Durable;
using Launchpad.Host.Discovery;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Launchpad.Host.Invocation;

/// <summary>How one parameter of a function gets its value.</summary>
internal sealed class Argument
{
    private readonly ParameterInfo parameter;
    private readonly FunctionParameter declared;
    private readonly BindingAttribute? binding;
    private readonly ImmutableArray<IInputConverter> converters;
    private readonly bool general;
    private readonly Func<TaskOrchestrationContext, object?>? orchestrationInput;
    private readonly JsonSerializerOptions json;
    private readonly DurableEngine engine;

    public Argument(Function function, int index, IServiceProvider services)
    {
        parameter = function.Arguments[index];
        declared = function.Parameters[index];
        binding = parameter.GetCustomAttribute<BindingAttribute>();
        json = services.GetRequiredService<IOptions<JsonSerializerOptions>>().Value;
        engine = services.GetRequiredService<DurableEngine>();
        converters =
        [
            .. Named(parameter).Concat(Named(binding?.GetType())).Concat(Named(parameter.ParameterType))
                .Select(named => (IInputConverter)ActivatorUtilities.CreateInstance(services, named.ConverterType)),
        ];
        general = binding?.GetType().GetCustomAttribute<ConverterFallbackBehaviorAttribute>()?.Behavior
            is not ConverterFallbackBehavior.Disallow;

        // The second, plain parameter of an orchestration is its input.
        if (function.Trigger is OrchestrationTriggerAttribute && binding is null
            && parameter.ParameterType != typeof(FunctionContext) && parameter.ParameterType != typeof(CancellationToken))
        {
            orchestrationInput = InputReader(parameter.ParameterType);
        }
    }

    public async ValueTask<object?> BindAsync(FunctionInvocation invocation)
    {
        if (orchestrationInput is not null)
        {
            return orchestrationInput((TaskOrchestrationContext)invocation.Input.Value!);
        }

        var source = Source(invocation);
        var result = await ConvertAsync(invocation, source);
        return result.Status switch
        {
            ConversionStatus.Succeeded => result.Value,
            ConversionStatus.Failed => throw new FunctionInputConverterException(
                $"Cannot convert input parameter '{parameter.Name}' of function '{invocation.Function.Name}' "
                + $"to '{parameter.ParameterType}'.", result.Error),
            _ when declared.HasDefaultValue => declared.DefaultValue,
            _ when declared.IsReferenceOrNullableType => null,
            _ => throw new FunctionInputConverterException(
                $"Could not populate the value for '{parameter.Name}' parameter of function '{invocation.Function.Name}'. "
                + "Consider adding a default value or making the parameter nullable."),
        };
    }

    /// <summary>For middleware, which says what type it wants: the general conversions come first then, as in the worker.</summary>
    public ValueTask<object?> BindAsync(FunctionInvocation invocation, Type type)
    {
        var general = GeneralConverters.Convert(type, Source(invocation), invocation, json);
        return general.Status is ConversionStatus.Succeeded ? new(general.Value) : BindAsync(invocation);
    }

    private object? Source(FunctionInvocation invocation) => binding switch
    {
        TriggerBindingAttribute => invocation.Input.Value,
        DurableClientAttribute => engine.Client,
        _ => invocation.Input.BindingData.GetValueOrDefault(parameter.Name!),
    };

    private async ValueTask<ConversionResult> ConvertAsync(FunctionInvocation invocation, object? source)
    {
        if (!converters.IsEmpty)
        {
            var context = new Context(parameter.ParameterType, source, invocation);
            foreach (var converter in converters)
            {
                var result = await converter.ConvertAsync(context);
                if (result.Status != ConversionStatus.Unhandled)
                {
                    return result;
                }
            }
        }

        return general ? GeneralConverters.Convert(parameter.ParameterType, source, invocation, json) : ConversionResult.Unhandled();
    }

    private static IEnumerable<InputConverterAttribute> Named(ICustomAttributeProvider? carrier) =>
        carrier?.GetCustomAttributes(typeof(InputConverterAttribute), inherit: true).Cast<InputConverterAttribute>() ?? [];

    private static Func<TaskOrchestrationContext, object?> InputReader(Type type) =>
        typeof(Argument).GetMethod(nameof(ReadInput), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type).CreateDelegate<Func<TaskOrchestrationContext, object?>>();

    private static object? ReadInput<T>(TaskOrchestrationContext context) => context.GetInput<T>();

    private sealed class Context(Type target, object? source, FunctionInvocation invocation) : ConverterContext
    {
        public override Type TargetType => target;

        public override object? Source => source;

        public override FunctionContext FunctionContext => invocation;

        public override IReadOnlyDictionary<string, object> Properties => ImmutableDictionary<string, object>.Empty;
    }
}
