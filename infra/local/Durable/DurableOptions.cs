using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;

namespace Launchpad.Durable;

/// <summary>What the engine needs to know. Every queue and every payload has a bound here.</summary>
public sealed record DurableOptions
{
    /// <summary>Belongs to one process at a time; holds the database and the payloads too large for it.</summary>
    public required string Directory { get; init; }

    /// <summary>The version of an instance whose starter names none.</summary>
    public string DefaultVersion { get; init; } = "";

    public int MaxConcurrentActivities { get; init; } = 32;

    /// <summary>Threads that run orchestrators, and never more than there are processors, because a turn does not wait.</summary>
    public int MaxConcurrentOrchestrations { get; init; } = 64;

    /// <summary>Orchestrators kept in memory between turns; the one idle for longest is replayed when it is needed again.</summary>
    public int MaxCachedOrchestrators { get; init; } = 10_000;

    /// <summary>Longer texts are kept in files beside the database.</summary>
    public int InlinePayloadBytes { get; init; } = 65536;

    /// <summary>Longer texts are refused before anything is recorded.</summary>
    public int MaxPayloadBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Client operations that may wait for the disk at once; the next caller waits for a place.</summary>
    public int MaxPendingOperations { get; init; } = 8192;

    /// <summary>An instance whose history grows beyond this is warned about: it should continue as new.</summary>
    public int HistoryEventsWarning { get; init; } = 10_000;

    /// <summary>So many crashes of the process while the same activity or turn ran, and it is given up.</summary>
    public int MaxCrashes { get; init; } = 10;

    /// <summary>How long stopping waits for running activities; those not done by then run again at the next start.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A log that cannot be written ends the process: what was promised and what is on disk must not drift apart.</summary>
    public bool ExitOnLogFailure { get; init; } = true;

    /// <summary>"Orchestrator:n" freezes the process when the n-th history event of an instance is durable and before anything
    /// follows from it.</summary>
    public string? StopAfterEvent { get; init; }

    public DataConverter Converter { get; init; } = JsonDataConverter.Default;
}
