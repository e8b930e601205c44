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

/// <summary>The result of an invocation, as middleware sees it.</summary>
public static class FunctionContextBindingFeatureExtensions
{
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
