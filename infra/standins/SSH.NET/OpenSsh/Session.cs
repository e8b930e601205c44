using System.Diagnostics;

namespace Renci.SshNet.OpenSsh;

/// <summary>One command over the master's connection: a short ssh process that hands its three streams to the master.</summary>
internal sealed class Session : IDisposable
{
    private const int SshFailed = 255;

    private readonly Master _master;
    private readonly Process _ssh;
    private readonly string _log;
    private readonly SemaphoreSlim _slot;
    private bool _isDisposed;

    public Session(Master master, string socket, string command, string log, SemaphoreSlim slot)
    {
        if (command.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A command cannot contain NUL.", nameof(command));
        }

        (_master, _log, _slot) = (master, log, slot);
        _ssh = Program.Start(
        [
            // Without a master ssh would connect by itself. It has nothing to authenticate with, would trust no key, and this address is
            // one that the kernel refuses at once.
            "-o", "HostName=255.255.255.255", "-o", "PubkeyAuthentication=no", "-o", "ControlMaster=no",
            "-E", log, "-T", "-S", socket,

            // After this -- ssh reads no options, not even behind the host: whatever follows is the command, a second -- included.
            "--", "master", command,
        ]);
        Input = new InputStream(_ssh);
    }

    public Stream Input { get; }

    public async Task<int> RunAsync(PipeStream output, PipeStream errors, CancellationToken stop)
    {
        await using var kill = stop.Register(Kill).ConfigureAwait(false);
        await Task.WhenAll(
            _ssh.StandardOutput.BaseStream.CopyToAsync(output, CancellationToken.None),
            _ssh.StandardError.BaseStream.CopyToAsync(errors, CancellationToken.None)).ConfigureAwait(false);
        await _ssh.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);

        stop.ThrowIfCancellationRequested();
        if (_isDisposed || _master.Disposed.IsCancellationRequested)
        {
            throw Failure.Aborted();
        }

        // 255 is also an exit status that a command may have. It was ssh that failed if ssh has written about it or has lost its master.
        if (_ssh.ExitCode is SshFailed && (!_master.IsConnected || new FileInfo(_log) is { Exists: true, Length: > 0 }))
        {
            throw Failure.Aborted();
        }

        return _ssh.ExitCode;
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Kill();
        _ssh.WaitForExit();
        Input.Dispose();
        File.Delete(_log);
        _slot.Release();
    }

    private void Kill()
    {
        if (!_ssh.HasExited)
        {
            _ssh.Kill();
        }
    }

    /// <summary>The command's standard input. What arrives after the command has ended is dropped, as on a closed channel.</summary>
    private sealed class InputStream(Process ssh) : Stream
    {
        private readonly Stream _pipe = ssh.StandardInput.BaseStream;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                _pipe.Write(buffer);
                _pipe.Flush();
            }
            catch (IOException)
            {
                // Nobody reads any more; the exit status tells the caller why.
            }
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await _pipe.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // As above.
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _pipe.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
