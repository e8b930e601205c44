namespace Azure.Storage.Blobs.Wire;

/// <summary>A download that goes on where the connection broke, as long as the blob has not changed meanwhile.</summary>
internal sealed class ResumingStream(Stream first, Func<long, bool, CancellationToken, ValueTask<Stream>> reopen) : Stream
{
    private const int Retries = 5;

    private Stream _current = first;
    private long _position;
    private int _failures;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (true)
        {
            try
            {
                return Advance(_current.Read(buffer, offset, count));
            }
            catch (IOException) when (_failures++ < Retries)
            {
                Replace(reopen(_position, false, CancellationToken.None).Completed());
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return Advance(await _current.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
            }
            catch (IOException) when (_failures++ < Retries)
            {
                Replace(await reopen(_position, true, cancellationToken).ConfigureAwait(false));
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Advance(int read)
    {
        _position += read;
        return read;
    }

    private void Replace(Stream next)
    {
        _current.Dispose();
        _current = next;
    }
}
