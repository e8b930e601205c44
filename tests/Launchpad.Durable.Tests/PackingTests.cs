using System.Runtime.CompilerServices;
using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Tracing;
using Launchpad.Durable.Storage;
using Newtonsoft.Json;

namespace Launchpad.Durable.Tests;

public sealed class PackingTests
{
    private static readonly DateTime Time = new(2026, 11, 27, 12, 34, 56, 789, DateTimeKind.Utc);

    private static readonly FailureDetails Failure = new(
        "Some.Type",
        "words ø",
        "at somewhere",
        new("Inner", "", null, null, false),
        true,
        new Dictionary<string, object?> { ["n"] = 7L, ["no"] = null });

    private static readonly Dictionary<string, string> Tags = new() { ["a"] = "1", ["ø"] = "" };

    private static readonly HistoryEvent[] Events =
    [
        new ExecutionStartedEvent(-1, "{\"in\":1}")
        {
            OrchestrationInstance = new() { InstanceId = "id", ExecutionId = "execution" },
            ParentInstance = new()
            {
                Name = "Parent",
                Version = "2",
                TaskScheduleId = 7,
                OrchestrationInstance = new() { InstanceId = "parent", ExecutionId = "its" },
            },
            Name = "Name",
            Version = "1.0",
            Tags = Tags,
            Correlation = "correlation",
            ParentTraceContext = Trace(),
            ScheduledStartTime = Time.AddDays(1),
            Generation = 3,
            GenerateNewTrace = true,
        },
        new ExecutionStartedEvent(-1, null),
        new ExecutionCompletedEvent(9, "out", OrchestrationStatus.Failed, Failure),
        new ExecutionCompletedEvent(9, null, OrchestrationStatus.Completed),
        new ContinueAsNewEvent(4, "next"),
        new ExecutionTerminatedEvent(-1, "why"),
        new ExecutionSuspendedEvent(-1, "why"),
        new ExecutionResumedEvent(-1, null),
        new ExecutionRewoundEvent(-1, "again") { ParentExecutionId = "p", InstanceId = "i", ParentTraceContext = Trace() },
        new TaskScheduledEvent(1, "Activity", "1", "[1]") { Tags = Tags, ParentTraceContext = Trace() },
        new TaskScheduledEvent(int.MaxValue, "", null, null),
        new TaskCompletedEvent(-1, 1, "result"),
        new TaskFailedEvent(-1, 1, "reason", "details", Failure),
        new SubOrchestrationInstanceCreatedEvent(2)
        {
            Name = "Child",
            Version = "1",
            InstanceId = "child",
            Input = "in",
            ClientSpanId = "span",
            Tags = Tags,
        },
        new SubOrchestrationInstanceCompletedEvent(-1, 2, null),
        new SubOrchestrationInstanceFailedEvent(-1, 2, "reason", null, Failure),
        new TimerCreatedEvent(3, Time.AddYears(100)),
        new TimerFiredEvent(-1) { TimerId = 3, FireAt = Time },
        new EventRaisedEvent(-1, "payload") { Name = "event", ParentTraceContext = Trace() },
        new EventSentEvent(5) { InstanceId = "other", Name = "event", Input = new string('ø', 100_000) },
        new GenericEvent(-1, "data"),
        new HistoryStateEvent(-1, new() { Name = "State", Tags = Tags, CreatedTime = Time }),
        new OrchestratorStartedEvent(-1) { Timestamp = Time, IsPlayed = true },
        new OrchestratorCompletedEvent(-1),
    ];

    [Fact]
    public void Every_kind_of_event_comes_back_as_it_was()
    {
        var kinds = HistoryEvent.KnownTypes().Except(Events.Select(e => e.GetType()));
        Assert.Empty(kinds);
        var back = EventPacking.Events(EventPacking.Pack(Events));
        Assert.Equal(Events.Length, back.Count);
        foreach (var (before, after) in Events.Zip(back))
        {
            Assert.Equal(before.GetType(), after.GetType());
            Assert.Equal(JsonConvert.SerializeObject(before), JsonConvert.SerializeObject(after));
        }
    }

    [Fact]
    public void A_message_comes_back_with_its_instance_and_the_tags_of_its_orchestration()
    {
        var context = new OrchestrationExecutionContext();
        SetTags(context, Tags);
        var message = new TaskMessage
        {
            Event = Events[9],
            OrchestrationInstance = new() { InstanceId = "id" },
            SequenceNumber = 42,
            OrchestrationExecutionContext = context,
        };
        var back = EventPacking.Message(EventPacking.Pack(message));
        Assert.Equal(JsonConvert.SerializeObject(message), JsonConvert.SerializeObject(back));
    }

    [Fact]
    public void A_flipped_bit_or_a_missing_byte_is_noticed_wherever_it_is()
    {
        var packed = EventPacking.Pack(Events[..4]);
        for (var i = 0; i < packed.Length; i++)
        {
            packed[i] ^= 4;
            Assert.Throws<InvalidDataException>(() => EventPacking.Events(packed));
            packed[i] ^= 4;
            Assert.Throws<InvalidDataException>(() => EventPacking.Events(packed.AsSpan(0, i)));
        }

        Assert.Equal(4, EventPacking.Events(packed).Count);
    }

    [Fact]
    public void A_failure_with_a_hundred_thousand_causes_is_cut()
    {
        FailureDetails? failure = null;
        for (var i = 0; i < 100_000; i++)
        {
            failure = new("Type", $"{i}", null, failure, false);
        }

        var back = (TaskFailedEvent)EventPacking.Events(EventPacking.Pack([new TaskFailedEvent(-1, 1, "", "", failure)]))[0];
        Assert.Equal("99999", back.FailureDetails!.ErrorMessage);
        Assert.Equal("99998", back.FailureDetails.InnerFailure!.ErrorMessage);
    }

    [Fact]
    public void A_local_time_is_kept_as_the_universal_one()
    {
        var local = Time.ToLocalTime();
        var back = (TimerCreatedEvent)EventPacking.Events(EventPacking.Pack([new TimerCreatedEvent(1, local)]))[0];
        Assert.Equal((Time, DateTimeKind.Utc), (back.FireAt, back.FireAt.Kind));
    }

    private static DistributedTraceContext Trace() => new("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "state")
    {
        Id = "id",
        SpanId = "span",
        ActivityStartTime = new DateTimeOffset(Time),
    };

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_OrchestrationTags")]
    private static extern void SetTags(OrchestrationExecutionContext context, IDictionary<string, string> tags);
}
