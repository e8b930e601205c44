using System.Reflection;
using System.Text.Json;
using Google.Protobuf;
using Launchpad.Host.Replay;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Protobuf;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Grpc;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Launchpad.Orchestrations.Tests;

/// <summary>Every saga of the product, found like the Functions worker finds it and run by what it runs them by.</summary>
internal static class Sagas
{
    /// <summary>As host.json says it of new instances.</summary>
    public const string Version = "1";

    private static readonly MethodInfo[] Functions = [.. typeof(Provision).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods())
        .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)];

    /// <summary>As the Functions worker reads and writes: names without regard to case, enums as numbers.</summary>
    public static JsonDataConverter Converter { get; } = new(new JsonSerializerOptions { PropertyNameCaseInsensitive = true });

    public static IReadOnlyDictionary<string, ITaskOrchestrator> All { get; } = Functions
        .Where(method => method.GetParameters().Any(p => p.GetCustomAttribute<OrchestrationTriggerAttribute>() is not null))
        .ToDictionary(Name, ITaskOrchestrator (method) => new Saga(method), StringComparer.OrdinalIgnoreCase);

    public static IReadOnlySet<string> Activities { get; } = Functions
        .Where(method => method.GetParameters().Any(p => p.GetCustomAttribute<ActivityTriggerAttribute>() is not null))
        .Select(Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static ServiceProvider Services { get; } = new ServiceCollection()
        .AddSingleton(new DurableTaskShimFactory(new DurableTaskWorkerOptions { DataConverter = Converter }, NullLoggerFactory.Instance))
        .BuildServiceProvider();

    /// <summary>Holds histories against today's sagas, or against what somebody might make of them.</summary>
    public static Replayer Replayer(IReadOnlyDictionary<string, ITaskOrchestrator>? changed = null) => new(Code(changed ?? All));

    public static AppCode Code(IReadOnlyDictionary<string, ITaskOrchestrator> sagas) =>
        new(sagas.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase), Activities, (name, request) =>
        {
            var answer = GrpcOrchestrationRunner.LoadAndRun(request.ToByteString().ToBase64(), sagas[name], Services);
            return Task.FromResult(OrchestratorResponse.Parser.ParseFrom(ByteString.FromBase64(answer)));
        });

    private static string Name(MethodInfo method) => method.GetCustomAttribute<FunctionAttribute>()!.Name;

    private sealed class Saga(MethodInfo method) : ITaskOrchestrator
    {
        private readonly bool hasInput = method.GetParameters().Length > 1;

        public Type InputType => hasInput ? method.GetParameters()[1].ParameterType : typeof(object);

        public Type OutputType => typeof(object);

        public async Task<object?> RunAsync(TaskOrchestrationContext context, object? input)
        {
            var task = (Task)method.Invoke(null, hasInput ? [context, input] : [context])!;
            await task;
            return ((dynamic)task).Result;
        }
    }
}
