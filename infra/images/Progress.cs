using System.Diagnostics;
using System.Globalization;

namespace Launchpad.Images;

/// <summary>One line per step, with the time it took and the time since the start.</summary>
public sealed class Progress(TextWriter output)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();

    public async Task<T> StepAsync<T>(string name, Func<Task<T>> step)
    {
        var start = Stopwatch.GetTimestamp();
        Write("…", name, null);
        var result = await step();
        Write("✓", name, Stopwatch.GetElapsedTime(start));
        return result;
    }

    public Task StepAsync(string name, Func<Task> step) => StepAsync(name, async () =>
    {
        await step();
        return true;
    });

    public void Note(string text) => Write("·", text, null);

    private void Write(string mark, string text, TimeSpan? took)
    {
        lock (_gate)
        {
            var total = Stopwatch.GetElapsedTime(_start).TotalSeconds;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{total,7:0.0} s {mark} {text}{(took is { } time ? $" ({time.TotalSeconds:0.0} s)" : "")}"));
        }
    }
}
