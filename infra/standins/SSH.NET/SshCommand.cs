using System.Text;
using Renci.SshNet.Common;
using Renci.SshNet.OpenSsh;

namespace Renci.SshNet;

/// <summary>A command on the server, with its three streams and its exit status.</summary>
public class SshCommand : IDisposable
{
    private readonly Master _master;
    private readonly Encoding _encoding;

    private Task? _execution;
    private Channel? _channel;
    private CancellationTokenSource? _stop;
    private Stream? _input;
    private string? _result;
    private string? _error;
    private bool _canceled;
    private bool _isDisposed;

    internal SshCommand(Master master, string commandText, Encoding encoding)
    {
        ArgumentNullException.ThrowIfNull(commandText);
        ArgumentNullException.ThrowIfNull(encoding);
        _master = master;
        _encoding = encoding;
        CommandText = commandText;
    }

    public string CommandText { get; private set; }

    public TimeSpan CommandTimeout
    {
        get;
        set => field = Timeouts.Valid(value, nameof(CommandTimeout));
    } = Timeout.InfiniteTimeSpan;

    public int? ExitStatus { get; private set; }

    public string? ExitSignal { get; private set; }

    public Stream OutputStream { get; private set; } = new PipeStream();

    public Stream ExtendedOutputStream { get; private set; } = new PipeStream();

    public string Result => _execution is null ? "" : _result ??= ReadAll(OutputStream);

    public string Error => _execution is null ? "" : _error ??= ReadAll(ExtendedOutputStream);

    public Stream CreateInputStream()
    {
        if (_channel is null)
        {
            throw new InvalidOperationException(
                "The input stream can be used only after calling BeginExecute and before calling EndExecute.");
        }

        if (_input is not null)
        {
            throw new InvalidOperationException("The input stream already exists.");
        }

        return _input = new ChannelInput(_channel);
    }

    public Task ExecuteAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        if (_execution is { IsCompleted: false })
        {
            throw new InvalidOperationException("Asynchronous operation is already in progress.");
        }

        if (_execution is not null)
        {
            Reset();
        }

        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _stop.CancelAfter(CommandTimeout);
        _channel = _master.Open(_encoding.GetBytes(CommandText));
        return _execution = RunAsync(_channel, _stop.Token, cancellationToken);
    }

    public IAsyncResult BeginExecute() => BeginExecute(callback: null, state: null);

    public IAsyncResult BeginExecute(AsyncCallback? callback) => BeginExecute(callback, state: null);

    public IAsyncResult BeginExecute(AsyncCallback? callback, object? state) => TaskToAsyncResult.Begin(ExecuteAsync(), callback, state);

    public IAsyncResult BeginExecute(string commandText, AsyncCallback? callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(commandText);
        CommandText = commandText;
        return BeginExecute(callback, state);
    }

    public string EndExecute(IAsyncResult asyncResult)
    {
        var task = TaskToAsyncResult.Unwrap(asyncResult);
        if (task != _execution)
        {
            throw new ArgumentException("Argument does not correspond to the currently executing command.", nameof(asyncResult));
        }

        task.GetAwaiter().GetResult();
        return Result;
    }

    public void CancelAsync(bool forceKill = false, int millisecondsTimeout = 500)
    {
        if (_execution is null)
        {
            throw new InvalidOperationException("Command has not been started.");
        }

        if (!_execution.IsCompleted)
        {
            _canceled = true;
            _channel?.StopSignal = forceKill ? "KILL" : "TERM";
            _stop?.Cancel();
        }
    }

    public string Execute()
    {
        ExecuteAsync().GetAwaiter().GetResult();
        return Result;
    }

    public string Execute(string commandText)
    {
        CommandText = commandText;
        return Execute();
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (_isDisposed || !disposing)
        {
            return;
        }

        _isDisposed = true;
        _channel?.StopSignal = null;
        _stop?.Cancel();
        _stop?.Dispose();
        OutputStream.Dispose();
        ExtendedOutputStream.Dispose();
    }

    private async Task RunAsync(Channel channel, CancellationToken stop, CancellationToken caller)
    {
        var (output, errors) = ((PipeStream)OutputStream, (PipeStream)ExtendedOutputStream);
        try
        {
            (ExitStatus, ExitSignal) = await channel.RunAsync(output, errors, stop).ConfigureAwait(false);
        }
        catch (Exception) when (_isDisposed)
        {
            throw new ObjectDisposedException(GetType().FullName);
        }
        catch (OperationCanceledException) when (caller.IsCancellationRequested)
        {
            throw new TaskCanceledException(null, null, caller);
        }
        catch (OperationCanceledException) when (!_canceled)
        {
            throw new SshOperationTimeoutException(
                $"Command '{CommandText}' timed out. ({nameof(CommandTimeout)}: {CommandTimeout}).");
        }
        finally
        {
            output.Complete();
            errors.Complete();
            _channel = null;
        }
    }

    private void Reset()
    {
        _stop?.Dispose();
        OutputStream.Dispose();
        ExtendedOutputStream.Dispose();
        OutputStream = new PipeStream();
        ExtendedOutputStream = new PipeStream();
        (ExitStatus, ExitSignal, _result, _error, _input, _canceled) = (null, null, null, null, null, false);
    }

    private string ReadAll(Stream stream)
    {
        using StreamReader reader = new(stream, _encoding);
        return reader.ReadToEnd();
    }
}
