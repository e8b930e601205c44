using System.Collections.Concurrent;

namespace Launchpad.Functions.Tests.Api;

/// <summary>What the host and its app say, the last of it.</summary>
internal sealed class HostLog
{
    private const int LinesMax = 20_000;

    private readonly ConcurrentQueue<string> lines = new();

    public async Task ListenAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
            if (lines.Count > LinesMax)
            {
                lines.TryDequeue(out _);
            }
        }
    }

    /// <summary>A line that has all of some parts, as soon as there is one.</summary>
    public async Task<string> FindAsync(params string[] parts)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (lines.FirstOrDefault(line => parts.All(part => line.Contains(part, StringComparison.Ordinal))) is { } found)
            {
                return found;
            }

            await Task.Delay(100, patience.Token);
        }
    }
}
