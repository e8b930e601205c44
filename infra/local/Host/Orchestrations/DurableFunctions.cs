using Launchpad.Durable;
using Launchpad.Host.Discovery;
using Launchpad.Host.Invocation;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Launchpad.Host.Orchestrations;

/// <summary>Gives the engine the app's orchestrations and activities to run.</summary>
internal sealed class DurableFunctions(FunctionList functions, FunctionPipeline pipeline)
{
    public void AddTo(DurableEngine engine)
    {
        foreach (var (function, trigger) in functions.TriggeredBy<OrchestrationTriggerAttribute>())
        {
            engine.AddOrchestrator(trigger.Orchestration ?? function.Name, context => OrchestrateAsync(function, context));
        }

        foreach (var (function, trigger) in functions.TriggeredBy<ActivityTriggerAttribute>())
        {
            var logger = pipeline.Logger(function);
            engine.AddActivity(trigger.Activity ?? function.Name, (call, cancellation) => ActAsync(function, call, logger, cancellation));
        }
    }

    /// <summary>The same code, for histories instead of instances.</summary>
    public void AddTo(Replayer replayer)
    {
        foreach (var (function, trigger) in functions.TriggeredBy<OrchestrationTriggerAttribute>())
        {
            replayer.AddOrchestrator(trigger.Orchestration ?? function.Name, context => OrchestrateAsync(function, context));
        }

        foreach (var (function, trigger) in functions.TriggeredBy<ActivityTriggerAttribute>())
        {
            replayer.AddActivity(trigger.Activity ?? function.Name);
        }
    }

    // Nothing is awaited here but the orchestration itself, so that it stays on the engine's thread. The invocation is not
    // disposed of: an orchestration that is evicted never comes to its end, and its scope holds nothing.
    private async Task<object?> OrchestrateAsync(Function function, TaskOrchestrationContext context)
    {
        var input = new TriggerInput(context) { BindingData = BindingData(context.InstanceId) };
        var invocation = pipeline.Begin(function, input, CancellationToken.None);
        await pipeline.RunAsync(invocation);
        return invocation.Result;
    }

    private async Task<object?> ActAsync(Function function, ActivityInvocation call, ILogger logger, CancellationToken cancellation)
    {
        var input = new TriggerInput(call.InputJson) { BindingData = BindingData(call.InstanceId) };
        await using var invocation = pipeline.Begin(function, input, cancellation);
        try
        {
            await pipeline.RunAsync(invocation);
            return invocation.Result;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            logger.LogError(
                failure, "Executed {Function} for {InstanceId} (Failed, attempt {Attempt})", function.Name, call.InstanceId, call.Attempt);
            throw;
        }
    }

    private static Dictionary<string, object?> BindingData(string instanceId) =>
        new(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = instanceId };
}
