namespace Launchpad.Durable;

/// <summary>One run of an activity. The key is the same whenever this task runs again, so it serves as an idempotency key.</summary>
public sealed record ActivityInvocation(string Name, string InstanceId, string? InputJson, int Attempt)
{
    public required int TaskId { get; init; }

    public required string Version { get; init; }

    public required string Key { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
