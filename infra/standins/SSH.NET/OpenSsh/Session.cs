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
    private readonly InputStream _input;
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
        _input = new InputStream(_ssh.StandardInput.BaseStream);
    }

    public Stream Input => _input;

    public async Task<int> RunAsync(PipeStream output, PipeStream errors, CancellationToken stop)
    {
        // The master holds the other ends of these pipes for as long as the command runs: who stops does not wait for them.
        await Task.WhenAll(
            _ssh.StandardOutput.BaseStream.CopyToAsync(output, stop),
            _ssh.StandardError.BaseStream.CopyToAsync(errors, stop)).ConfigureAwait(false);
        await _ssh.WaitForExitAsync(stop).ConfigureAwait(false);

        if (_isDisposed || _master.Disposed.IsCancellationRequested)
        {
            throw Failure.Aborted();
        }

        // 255 is also an exit status that a command may have. It was ssh that failed if ssh has written about it or has lost its master.
        if (_ssh.ExitCode is SshFailed && new FileInfo(_log) is { Exists: true, Length: > 0 })
        {
            throw Failure.Of(await File.ReadAllTextAsync(_log, CancellationToken.None).ConfigureAwait(false), keyRefused: false);
        }

        return _ssh.ExitCode is SshFailed && !_master.IsConnected ? throw Failure.Aborted() : _ssh.ExitCode;
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
        _input.End();
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
    private sealed class InputStream(Stream pipe) : Stream
    {
        private volatile bool _hasEnded;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void End()
        {
            _hasEnded = true;
            pipe.Dispose();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                if (!_hasEnded)
                {
                    pipe.Write(buffer);
                }
            }
            catch (Exception broken) when (broken is IOException || _hasEnded)
            {
                // Nobody reads any more; the exit status tells the caller why.
            }
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                if (!_hasEnded)
                {
                    await pipe.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception broken) when (broken is IOException || _hasEnded)
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
                pipe.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
