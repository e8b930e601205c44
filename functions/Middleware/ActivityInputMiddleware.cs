using System.Collections.Concurrent;
using System.Reflection;
using Launchpad.Shared.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Launchpad.Functions.Middleware;

/// <summary>Hashes what an activity is given, for the record of its steps.</summary>
public sealed class ActivityInputMiddleware : IFunctionsWorkerMiddleware
{
    private static readonly ConcurrentDictionary<Type, Func<FunctionContext, BindingMetadata, ValueTask<object?>>> Readers = [];

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.FunctionDefinition.InputBindings.Values.FirstOrDefault(binding => binding.Type == "activityTrigger") is { } trigger)
        {
            // The worker keeps for the function what is bound here, and so it has to be of the function's own type. A plain text would be
            // kept with its quotes.
            var type = context.FunctionDefinition.Parameters.Single(parameter => parameter.Name == trigger.Name).Type;
            if (type != typeof(string))
            {
                ActivityInput.Enter(await Readers.GetOrAdd(type, Reader)(context, trigger));
            }
        }

        await next(context);
    }

    private static Func<FunctionContext, BindingMetadata, ValueTask<object?>> Reader(Type type) =>
        typeof(ActivityInputMiddleware).GetMethod(nameof(ReadAsync), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type).CreateDelegate<Func<FunctionContext, BindingMetadata, ValueTask<object?>>>();

    private static async ValueTask<object?> ReadAsync<T>(FunctionContext context, BindingMetadata trigger) =>
        (await context.BindInputAsync<T>(trigger)).Value;
}
