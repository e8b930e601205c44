using Renci.SshNet.Common;
using Renci.SshNet.OpenSsh;

namespace Renci.SshNet;

/// <summary>A connection to one server: what every client of it has in common.</summary>
public abstract class BaseClient : IDisposable
{
    private readonly ConnectionInfo _connectionInfo;
    private Master? _master;
    private TimeSpan _keepAliveInterval = Timeout.InfiniteTimeSpan;
    private bool _isDisposed;

    protected BaseClient(ConnectionInfo connectionInfo, bool ownsConnectionInfo)
    {
        ArgumentNullException.ThrowIfNull(connectionInfo);
        _connectionInfo = connectionInfo;
    }

    public event EventHandler<ExceptionEventArgs>? ErrorOccurred;

    public event EventHandler<HostKeyEventArgs>? HostKeyReceived;

    public ConnectionInfo ConnectionInfo
    {
        get
        {
            CheckDisposed();
            return _connectionInfo;
        }
    }

    public virtual bool IsConnected
    {
        get
        {
            CheckDisposed();
            return _master is { IsConnected: true };
        }
    }

    public TimeSpan KeepAliveInterval
    {
        get
        {
            CheckDisposed();
            return _keepAliveInterval;
        }

        set
        {
            CheckDisposed();
            _keepAliveInterval = Timeouts.Valid(value, nameof(KeepAliveInterval));
        }
    }

    internal Master Connection =>
        _master is { IsConnected: true } master ? master : throw new SshConnectionException("Client not connected.");

    public void Connect() => ConnectAsync(CancellationToken.None).GetAwaiter().GetResult();

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        CheckDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        if (IsConnected)
        {
            throw new InvalidOperationException("The client is already connected.");
        }

        _master?.Dispose();
        _connectionInfo.IsAuthenticated = false;
        using CancellationTokenSource timeout = new(_connectionInfo.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            _master = await Master
                .ConnectAsync(_connectionInfo, _keepAliveInterval, Trusts, either.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException canceled) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SshOperationTimeoutException("Connection has timed out.", canceled);
        }

        _connectionInfo.IsAuthenticated = true;
        _master.Lost += lost => ErrorOccurred?.Invoke(this, new ExceptionEventArgs(lost));
    }

    public void Disconnect()
    {
        CheckDisposed();
        _master?.Dispose();
        _master = null;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!_isDisposed && disposing)
        {
            Disconnect();
            _isDisposed = true;
        }
    }

    protected void CheckDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    private bool Trusts(HostKeyEventArgs key)
    {
        HostKeyReceived?.Invoke(this, key);
        return key.CanTrust;
    }
}
