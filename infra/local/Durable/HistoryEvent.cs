using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace Launchpad.Durable;

/// <summary>What can stand in a history. First what happens to an instance, then what its orchestrator decided.</summary>
internal enum EventKind
{
    TurnStarted,
    ExecutionStarted,
    TaskCompleted,
    TaskFailed,
    SubOrchestrationCompleted,
    SubOrchestrationFailed,
    TimerFired,
    EventRaised,
    ExecutionSuspended,
    ExecutionResumed,
    ExecutionTerminated,

    TaskScheduled,
    SubOrchestrationCreated,
    TimerCreated,
    EventSent,
    ExecutionCompleted,
    ExecutionFailed,
    ContinuedAsNew,

    /// <summary>Never recorded: the orchestrator left its thread and has to be failed.</summary>
    LeftItsThread,
}

/// <summary>One entry of a history, and at the same time the message that brings it.</summary>
internal sealed record HistoryEvent(EventKind Kind)
{
    public DateTime? At { get; init; }

    public int? Id { get; init; }

    public string? Name { get; init; }

    public string? Version { get; init; }

    /// <summary>The other instance: a child's id, or the receiver of an event.</summary>
    public string? Instance { get; init; }

    /// <summary>Input, result or event payload, as the converter wrote it.</summary>
    public string? Data { get; init; }

    /// <summary>The file that holds <see cref="Data"/> when it is too large to stand here, and its size.</summary>
    public string? File { get; init; }

    public int? Size { get; init; }

    public Failure? Failure { get; init; }

    public string? Reason { get; init; }

    public bool? Recursive { get; init; }

    /// <summary>Which generation of the receiver a child answers to.</summary>
    public int? Generation { get; init; }

    public IDictionary<string, string>? Tags { get; init; }
}

/// <summary>A failure in the engine's own form, bounded in size and depth.</summary>
internal sealed record Failure(string Type, string Message, string? Stack, Failure? Inner)
{
    public const string ActivityNotFound = "ActivityTaskNotFound";
    public const string OrchestratorNotFound = "OrchestratorTaskNotFound";
    public const string Poison = "Launchpad.Durable.PoisonException";
    public const string Mismatch = "DurableTask.Core.Exceptions.NonDeterministicOrchestrationException";

    private const int MaxText = 16 * 1024;
    private const int MaxDepth = 10;

    /// <summary>Trying again cannot help: the code is missing, or running it ends the process.</summary>
    public static bool IsPermanent(string type) => type is ActivityNotFound or OrchestratorNotFound or Poison;

    public static Failure NoOrchestrator(string name) =>
        new(OrchestratorNotFound, $"No orchestrator task named '{name}' was found.", null, null);

    public static Failure Of(Exception exception) => Of(exception, MaxDepth)!;

    public TaskFailureDetails ToDetails() => new(Type, Message, Stack, Inner?.ToDetails(), null);

    // As TaskFailureDetails.FromException, but a chain of causes without end is cut before it is followed.
    private static Failure? Of(Exception? exception, int depth) => exception is null || depth == 0
        ? null
        : new(
            exception.GetType().ToString(),
            Bound(exception.Message)!,
            Bound(exception.StackTrace),
            exception is TaskFailedException { FailureDetails: { } details }
                ? Of(details, depth - 1)
                : Of(exception.InnerException, depth - 1));

    private static Failure? Of(TaskFailureDetails? details, int depth) => details is null || depth == 0
        ? null
        : new(details.ErrorType, Bound(details.ErrorMessage)!, Bound(details.StackTrace), Of(details.InnerFailure, depth - 1));

    private static string? Bound(string? text) => text is { Length: > MaxText }
        ? $"{text.AsSpan(0, MaxText)}… ({text.Length - MaxText} more characters)"
        : text;
}

/// <summary>How events stand in the database: readable JSON, absent members left out.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(List<HistoryEvent>))]
[JsonSerializable(typeof(HistoryEvent))]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(IDictionary<string, string>))]
internal sealed partial class EventJson : JsonSerializerContext
{
    // Payloads are JSON themselves; the strict encoder would make six characters of every quotation mark in them.
    public static EventJson Readable => field ??= new(new(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
