using System.Reflection;
using System.Text.Json;
using Launchpad.Durable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Orchestrations.Tests;

/// <summary>Every saga of the product as an engine runs it, found like the host finds it.</summary>
internal static class Sagas
{
    private static readonly MethodInfo[] Functions = [.. typeof(Provision).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods())
        .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)];

    /// <summary>As the host reads and writes: its own converter, and names without regard to case.</summary>
    public static JsonDataConverter Converter { get; } = new(new JsonSerializerOptions { PropertyNameCaseInsensitive = true });

    public static IReadOnlyDictionary<string, Func<TaskOrchestrationContext, Task<object?>>> All { get; } = Functions
        .Where(method => method.GetParameters().Any(p => p.GetCustomAttribute<OrchestrationTriggerAttribute>() is not null))
        .ToDictionary(Name, Body);

    public static IReadOnlyList<string> Activities { get; } = [.. Functions
        .Where(method => method.GetParameters().Any(p => p.GetCustomAttribute<ActivityTriggerAttribute>() is not null))
        .Select(Name)];

    /// <summary>Holds histories against today's sagas.</summary>
    public static Replayer Replayer()
    {
        var replayer = new Replayer(new() { Directory = "", Converter = Converter }, NullLoggerFactory.Instance);
        foreach (var (name, body) in All)
        {
            replayer.AddOrchestrator(name, body);
        }

        foreach (var name in Activities)
        {
            replayer.AddActivity(name);
        }

        return replayer;
    }

    private static string Name(MethodInfo method) => method.GetCustomAttribute<FunctionAttribute>()!.Name;

    private static Func<TaskOrchestrationContext, Task<object?>> Body(MethodInfo method)
    {
        var input = method.GetParameters().ElementAtOrDefault(1)?.ParameterType;
        return async context =>
        {
            var task = (Task)method.Invoke(null, input is null ? [context] : [context, Read(context, input)])!;
            await task;
            return ((dynamic)task).Result;
        };
    }

    private static object? Read(TaskOrchestrationContext context, Type type) => typeof(TaskOrchestrationContext)
        .GetMethod(nameof(TaskOrchestrationContext.GetInput))!.MakeGenericMethod(type).Invoke(context, null);
}
