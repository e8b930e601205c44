namespace Renci.SshNet.OpenSsh;

/// <summary>What a command wrote and nobody has read yet; a read waits until there is something, or nothing will come any more.</summary>
internal sealed class PipeStream : Stream
{
    private readonly Queue<ReadOnlyMemory<byte>> _chunks = new();
    private readonly SemaphoreSlim _changed = new(0);
    private ReadOnlyMemory<byte> _current;
    private bool _complete;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Complete()
    {
        lock (_chunks)
        {
            _complete = true;
        }

        _changed.Release();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_chunks)
        {
            if (_complete || buffer.IsEmpty)
            {
                return;
            }

            _chunks.Enqueue(buffer.ToArray());
        }

        _changed.Release();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read;
        while (!TryRead(buffer, out read))
        {
            _changed.Wait();
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        while (!TryRead(buffer.Span, out read))
        {
            await _changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Complete();
        }

        base.Dispose(disposing);
    }

    private bool TryRead(Span<byte> buffer, out int read)
    {
        lock (_chunks)
        {
            if (_current.IsEmpty && !_chunks.TryDequeue(out _current) && !_complete)
            {
                read = 0;
                return buffer.IsEmpty;
            }

            read = Math.Min(buffer.Length, _current.Length);
            _current.Span[..read].CopyTo(buffer);
            _current = _current[read..];
            return true;
        }
    }
}
