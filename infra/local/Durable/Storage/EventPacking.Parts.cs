using DurableTask.Core;
using DurableTask.Core.Tracing;
using Newtonsoft.Json;

namespace Launchpad.Durable.Storage;

/// <summary>What events are made of.</summary>
internal static partial class EventPacking
{
    /// <summary>A chain of causes without end is cut: reading it back would take a stack as deep.</summary>
    private const int CausesMax = 64;

    public static void Write(Packer packer, OrchestrationInstance? instance)
    {
        packer.Flag(instance is not null);
        if (instance is not null)
        {
            packer.Text(instance.InstanceId);
            packer.Text(instance.ExecutionId);
        }
    }

    public static OrchestrationInstance? Instance(ref Unpacker packed) =>
        packed.Flag() ? new() { InstanceId = packed.Text(), ExecutionId = packed.Text() } : null;

    public static void Write(Packer packer, ParentInstance? parent)
    {
        packer.Flag(parent is not null);
        if (parent is not null)
        {
            packer.Text(parent.Name);
            packer.Text(parent.Version);
            packer.Number(parent.TaskScheduleId);
            Write(packer, parent.OrchestrationInstance);
        }
    }

    public static ParentInstance? Parent(ref Unpacker packed) => packed.Flag()
        ? new()
        {
            Name = packed.Text(),
            Version = packed.Text(),
            TaskScheduleId = packed.Int32(),
            OrchestrationInstance = Instance(ref packed),
        }
        : null;

    public static void Write(Packer packer, FailureDetails? failure)
    {
        var causes = new List<FailureDetails>();
        for (; failure is not null && causes.Count < CausesMax; failure = failure.InnerFailure)
        {
            causes.Add(failure);
        }

        packer.Number(causes.Count);
        foreach (var cause in causes)
        {
            packer.Text(cause.ErrorType);
            packer.Text(cause.ErrorMessage);
            packer.Text(cause.StackTrace);
            packer.Flag(cause.IsNonRetriable);
            packer.Text(cause.Properties is null ? null : JsonConvert.SerializeObject(cause.Properties));
        }
    }

    public static FailureDetails? Failure(ref Unpacker packed)
    {
        var causes = new Stack<(string Type, string Message, string? Stack, bool Final, string? Properties)>();
        for (var count = packed.Number(); count > 0; count--)
        {
            causes.Push((packed.Text() ?? "", packed.Text() ?? "", packed.Text(), packed.Flag(), packed.Text()));
        }

        FailureDetails? failure = null;
        foreach (var (type, message, stack, final, properties) in causes)
        {
            var told = properties is null ? null : JsonConvert.DeserializeObject<Dictionary<string, object?>>(properties);
            failure = new(type, message, stack, failure, final, told);
        }

        return failure;
    }

    private static void Write(Packer packer, DistributedTraceContext? trace)
    {
        packer.Flag(trace is not null);
        if (trace is not null)
        {
            packer.Text(trace.TraceParent);
            packer.Text(trace.TraceState);
            packer.Text(trace.Id);
            packer.Text(trace.SpanId);
            packer.Optional(trace.ActivityStartTime?.UtcTicks);
        }
    }

    private static DistributedTraceContext? Trace(ref Unpacker packed) => packed.Flag()
        ? new(packed.Text()!, packed.Text())
        {
            Id = packed.Text(),
            SpanId = packed.Text(),
            ActivityStartTime = packed.OptionalNumber() is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
        }
        : null;
}
