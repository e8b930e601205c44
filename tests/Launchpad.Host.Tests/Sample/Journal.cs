using System.Collections.Concurrent;

namespace Launchpad.Host.Sample;

/// <summary>What happened, in order, for whoever wants to know.</summary>
public sealed class Journal
{
    private readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyList<string> Lines => [.. lines];

    public void Write(string line) => lines.Enqueue(line);

    public void Clear() => lines.Clear();
}

/// <summary>Lives as long as one invocation.</summary>
public sealed class Visit(Journal journal) : IDisposable
{
    public Guid Id { get; } = Guid.NewGuid();

    public void Dispose() => journal.Write($"visit {Id} over");
}
