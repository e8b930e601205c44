namespace Launchpad.Durable;

/// <summary>What the store needs to know. What host.json says of concurrency and extended sessions goes before what is said here.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>Belongs to one process at a time.</summary>
    public required string Directory { get; init; }

    public int MaxConcurrentActivities { get; init; } = 10 * Environment.ProcessorCount;

    /// <summary>Instances that turn at once, or stay in memory for their next turn.</summary>
    public int MaxConcurrentOrchestrations { get; init; } = 10 * Environment.ProcessorCount;

    /// <summary>"Orchestrator:n" freezes the process when the n-th history event of an instance is durable and before anything
    /// follows from it; "Orchestrator:n:kill" has it kill itself. "@path" names a file that may come and say so later.</summary>
    public string? StopAfterEvent { get; init; }

    /// <summary>A message or a turn that is larger is refused, or fails its instance in words.</summary>
    public int MaxPayloadBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long an instance stays in memory after a turn; null when each turn reads its history again.</summary>
    public TimeSpan? ExtendedSessionIdle { get; init; }

    /// <summary>A log that cannot be written ends the process: what was promised and what is on disk must not drift apart.</summary>
    internal bool ExitOnLogFailure { get; init; } = true;

    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
