namespace Launchpad.Shared.Storage;

/// <summary>Whoever asks for the same at the same time shares a read, so that one caller's hundred questions cost the store a few. No answer
/// is of a read that began before it was asked for: what was written before, and a session that was closed before, is seen as it is now.
/// </summary>
public sealed class CoalescedReads<TKey, T>
    where TKey : notnull
{
    private readonly Lock _turn = new();
    private readonly Dictionary<TKey, Line> _lines = [];

    /// <param name="key">What is asked for.</param>
    /// <param name="read">Reads it. Nothing stops it when somebody gives up who waits: others may wait as well.</param>
    /// <param name="ct">Stops this wait.</param>
    public Task<T> GetAsync(TKey key, Func<TKey, Task<T>> read, CancellationToken ct)
    {
        lock (_turn)
        {
            if (!_lines.TryGetValue(key, out var line))
            {
                _lines[key] = line = new();
                var first = Task.Run(() => ReadAsync(key, read, line), CancellationToken.None);
                line.Running = first;
                return first.WaitAsync(ct);
            }

            return (line.Next ??= NextAsync(key, read, line)).WaitAsync(ct);
        }
    }

    private async Task<T> NextAsync(TKey key, Func<TKey, Task<T>> read, Line line)
    {
        await line.Running!.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_turn)
        {
            // It begins now: who comes from here on waits for the one after it.
            (line.Running, line.Next) = (line.Next, null);
        }

        return await ReadAsync(key, read, line);
    }

    private async Task<T> ReadAsync(TKey key, Func<TKey, Task<T>> read, Line line)
    {
        try
        {
            return await read(key);
        }
        finally
        {
            lock (_turn)
            {
                if (line.Next is null)
                {
                    _lines.Remove(key);
                }
            }
        }
    }

    private sealed class Line
    {
        public Task? Running { get; set; }

        /// <summary>Waits for that one to end, and has not begun.</summary>
        public Task<T>? Next { get; set; }
    }
}
