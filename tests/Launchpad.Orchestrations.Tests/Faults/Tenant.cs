using System.Collections.Immutable;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>The data of a bot: every image that ever ran on it. A copy that was kept is marked with the version that left it.</summary>
/// <param name="Backup">The archive that it was brought from.</param>
internal sealed record Data(ImmutableList<string> WrittenBy, int? Mark = null, string? Backup = null)
{
    public static Data Empty { get; } = new([]);

    public override string ToString() => $"[{string.Join(' ', WrittenBy)}]{Mark} {Backup}";
}

/// <summary>One deployment on a machine.</summary>
/// <param name="Spec">Hash of what it was brought up with; null when there is no container.</param>
/// <param name="Starts">How often a container was made for it.</param>
/// <param name="Fetched">A backup beside its volume.</param>
/// <param name="Hangs">It runs and answers nobody.</param>
/// <param name="IsCold">Its machine restarted since it was brought up: it is down, and what it needs was in memory.</param>
internal sealed record Tenant(
    string? Image, string? Spec, int MemoryMb, string? Host, Data? Volume, Data? Kept, int Starts, Data? Fetched = null, bool IsCold = false,
    bool Hangs = false)
{
    public static Tenant None { get; } = new(null, null, 0, null, null, null, 0);

    public bool Runs => Image is not null;
}
