using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function as a durable orchestration.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    public OrchestrationTriggerAttribute() { }

    public string? Orchestration { get; set; }
}

/// <summary>Runs a function as an activity of orchestrations.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
[InputConverter(typeof(ActivityInputConverter))]
[ConverterFallbackBehavior(ConverterFallbackBehavior.Allow)]
public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
{
    public ActivityTriggerAttribute() { }

    public string? Activity { get; set; }
}

/// <summary>Gives a function the client that starts and watches orchestrations.</summary>
[InputConverter(typeof(DurableTaskClientConverter))]
[ConverterFallbackBehavior(ConverterFallbackBehavior.Disallow)]
public sealed class DurableClientAttribute : InputBindingAttribute
{
    public DurableClientAttribute() { }

    public string? TaskHub { get; set; }

    public string? ConnectionName { get; set; }
}
