using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Loggers of an invocation.</summary>
public static class FunctionContextLoggerExtensions
{
    public static ILogger<T> GetLogger<T>(this FunctionContext context) =>
        context.InstanceServices.GetService<ILogger<T>>()!;

    public static ILogger GetLogger(this FunctionContext context, string categoryName) =>
        context.InstanceServices.GetService<ILoggerFactory>()!.CreateLogger(categoryName);
}

/// <summary>What goes into an invocation and what comes out of it, as middleware sees it.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    public static async ValueTask<InputBindingData<T>> BindInputAsync<T>(this FunctionContext context, BindingMetadata bindingMetadata)
    {
        ArgumentNullException.ThrowIfNull(bindingMetadata);
        var inputs = context.Features.Get<BoundInputs>() ?? throw new InvalidOperationException("The invocation has no inputs.");
        var bound = new BoundInput<T>(inputs, bindingMetadata);
        _ = (T?)await inputs.GetAsync(bindingMetadata.Name, typeof(T));
        return bound;
    }

    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var outcome = Outcome(context);
        return outcome.Value is T
            ? new OutcomeResult<T>(outcome)
            : throw new InvalidOperationException(
                $"Requested type({typeof(T)}) does not match the type of Invocation result({outcome.Value?.GetType()})");
    }

    public static InvocationResult GetInvocationResult(this FunctionContext context) => new OutcomeResult(Outcome(context));

    private static InvocationOutcome Outcome(FunctionContext context) => context.Features.Get<InvocationOutcome>()
        ?? throw new InvalidOperationException("The invocation has no place for a result.");
}
