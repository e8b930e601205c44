using System.Threading.Channels;
using Renci.SshNet;

namespace Launchpad.Shared.Ssh;

/// <summary>
/// One command on a VM. SSH.NET blocks wherever it waits, so each stream has a thread of its own and the pool loses none. It never makes a
/// sender wait either, so what comes is read at once, up to a bound, however slow whoever looks at it may be.
/// </summary>
internal sealed class VmCommand : IAsyncDisposable
{
    private const int ChunkSize = 32 << 10;
    private const int SignalMilliseconds = 100;

    private static readonly TimeSpan s_endMax = TimeSpan.FromSeconds(3);

    private readonly VmConnection _connection;
    private readonly Action<bool> _ended;
    private readonly TaskCompletionSource<SshCommand> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private Task _sending = Task.CompletedTask;
    private volatile bool _isSent;
    private volatile bool _isLeft;

    /// <param name="ended">Told once whether the connection may carry another command.</param>
    public VmCommand(VmConnection connection, string constant, ReadOnlyMemory<byte> input, Action<bool> ended)
    {
        _connection = connection;
        _ended = ended;
        _ = OnThread(() => Converse(constant, input));
    }

    /// <summary>Fails while nothing has reached the VM.</summary>
    public Task StartedAsync(CancellationToken ct) => _started.Task.WaitAsync(ct);

    /// <summary>The next line of its output; null when it has ended.</summary>
    /// <exception cref="VmFailedException">It did not end by itself.</exception>
    public async Task<string?> NextAsync(TimeSpan silenceMax, CancellationToken ct)
    {
        try
        {
            var hasMore = await _lines.Reader.WaitToReadAsync(ct).AsTask().WaitAsync(silenceMax, ct);
            return hasMore && _lines.Reader.TryRead(out var line) ? line : null;
        }
        catch (TimeoutException silent)
        {
            throw _connection.Explain(new TimeoutException($"nothing came for {silenceMax.TotalSeconds:0} s", silent));
        }
    }

    /// <summary>Whoever leaves early takes the command along: the VM's program notices that nobody listens any more, anything else gets a
    /// signal. The connection is not used again then, because the VM may take its time.</summary>
    public async ValueTask DisposeAsync()
    {
        var isOver = _lines.Reader.Completion.IsCompletedSuccessfully;
        _isLeft = true;
        await Task.WhenAny(isOver ? Task.Run(End) : OnThread(End), Task.Delay(s_endMax));
        await Task.WhenAny(_sending, Task.Delay(SignalMilliseconds));
        _ended(isOver && _isSent);
    }

    private void Converse(string constant, ReadOnlyMemory<byte> input)
    {
        try
        {
            var command = _connection.CreateCommand(constant);
            var execution = command.ExecuteAsync();
            _sending = OnThread(() => Send(command, input));
            _started.SetResult(command);
            var errors = OnThread(() => DropErrors(command));
            foreach (var line in new BoundedLines(command.OutputStream).Read())
            {
                _lines.Writer.TryWrite(line);
            }

            execution.GetAwaiter().GetResult();
            errors.GetAwaiter().GetResult();
            _lines.Writer.TryComplete();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Fail(error);
        }
    }

    private void Send(SshCommand command, ReadOnlyMemory<byte> input)
    {
        try
        {
            using (var stream = command.CreateInputStream())
            {
                // In pieces, because only between them is it noticed that the command has ended.
                for (var sent = 0; sent < input.Length && !_isLeft && !_lines.Reader.Completion.IsCompleted; sent += ChunkSize)
                {
                    stream.Write(input.Span.Slice(sent, Math.Min(ChunkSize, input.Length - sent)));
                }
            }

            _isSent = true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A program that refuses does so without reading: its answer, or the lack of one, says more than this.
        }
    }

    private void DropErrors(SshCommand command)
    {
        try
        {
            new BoundedLines(command.ExtendedOutputStream).Drop();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Fail(error);
        }
    }

    // It is cut off at once: what comes now is read by nobody, and would stay in memory.
    private void Fail(Exception error)
    {
        var failure = _connection.Explain(error);
        _lines.Writer.TryComplete(failure);
        if (!_started.TrySetException(failure) && _started.Task.IsCompletedSuccessfully)
        {
            Quietly(_started.Task.Result.Dispose);
        }
    }

    private void End()
    {
        if (!_started.Task.IsCompletedSuccessfully)
        {
            return;
        }

        var command = _started.Task.Result;
        Quietly(() => command.CancelAsync(forceKill: false, SignalMilliseconds));
        Quietly(command.Dispose);
    }

    // What is being ended may end by itself at the same moment, which the client does not expect.
    private static void Quietly(Action act)
    {
        try
        {
            act();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return;
        }
    }

    private static Task OnThread(Action act) =>
        Task.Factory.StartNew(act, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
