using System.Net.Sockets;
using Renci.SshNet.Common;

namespace Renci.SshNet.OpenSsh;

/// <summary>How a command ended: with a status, or by a signal, or (both null) without a word.</summary>
internal sealed record Exit(int? Status, string? Signal);

/// <summary>
/// One session on the server that runs one command: the client's half of RFC 4254, over the master's connection. Once opened it is always
/// closed by the rules, also when nobody waits for it any more: the master gives up the whole connection when an answer finds no channel.
/// </summary>
#pragma warning disable CA1001 // Nothing in these fields holds a handle; the connection goes back to the master.
internal sealed class Channel
#pragma warning restore CA1001
{
    private const uint Self = 0;
    private const uint Window = 2 << 20;
    private const uint PacketMax = 32 << 10;
    private const uint StandardError = 1;

    private static readonly TimeSpan s_signalMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_openPause = TimeSpan.FromMilliseconds(20);

    private readonly Master _master;
    private readonly ControlConnection _connection;
    private readonly byte[] _command;
    private readonly SemaphoreSlim _room = new(0);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private State _state = State.Opening;
    private int _attemptsLeft;
    private Exit _exit = new(null, null);
    private uint _peer;
    private uint _peerPacketMax;
    private long _peerWindow;
    private uint _unacknowledged;

    /// <param name="master">Gets the connection back when the channel is closed.</param>
    /// <param name="connection">For this channel alone until then.</param>
    /// <param name="command">The command, in the encoding of the server.</param>
    /// <param name="attempts">How often to ask for a session while the server has none free.</param>
    public Channel(Master master, ControlConnection connection, byte[] command, int attempts) =>
        (_master, _connection, _command, _attemptsLeft) = (master, connection, command, attempts);

    private enum State
    {
        Opening,
        Open,
        Closing,
    }

    /// <summary>What the command gets when it is stopped; null for nothing.</summary>
    public string? StopSignal { get; set; } = "TERM";

    /// <summary>Runs the command to its end. Whoever stops it sends it a signal, and does not wait long for the effect.</summary>
    public async Task<Exit> RunAsync(PipeStream output, PipeStream errors, CancellationToken stop)
    {
        var conversation = ConverseAsync(output, errors);
        try
        {
            return await conversation.WaitAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await StopAsync(conversation).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends standard input as fast as the server makes room for it; nothing once the channel is closed.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        try
        {
            await _started.Task.WaitAsync(either.Token).ConfigureAwait(false);
            while (!data.IsEmpty)
            {
                var size = await ReserveAsync(data.Length, either.Token).ConfigureAwait(false);
                await SendIfOpenAsync(MessageType.ChannelData, ToPeer().String(data.Span[..size])).ConfigureAwait(false);
                data = data[size..];
            }
        }
        catch (Exception) when (_ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The command has ended and reads no more; its exit status tells the caller why.
        }
    }

    public async Task SendEofAsync()
    {
        try
        {
            await _started.Task.WaitAsync(_ended.Token).ConfigureAwait(false);
            await SendIfOpenAsync(MessageType.ChannelEof, ToPeer()).ConfigureAwait(false);
        }
        catch (Exception) when (_ended.IsCancellationRequested)
        {
            // The command has ended and reads no more.
        }
    }

    /// <summary>After the close message this number belongs to someone else's session, and so may the connection.</summary>
    private Task SendIfOpenAsync(MessageType type, WireWriter message)
    {
        lock (_gate)
        {
            return _state is State.Open ? _connection.SendAsync(type, message) : Task.CompletedTask;
        }
    }

    private WireWriter ToPeer() => new WireWriter().UInt32(_peer);

    private async Task<Exit> ConverseAsync(PipeStream output, PipeStream errors)
    {
        var isClosed = false;
        try
        {
            await OpenAsync().ConfigureAwait(false);
            while (await _connection.ReceiveAsync().ConfigureAwait(false) is var (type, payload))
            {
                if (type is MessageType.ChannelOpenFailure && --_attemptsLeft > 0)
                {
                    // The server counts a session until it has reaped the command, a moment after it has closed the channel.
                    await Task.Delay(s_openPause).ConfigureAwait(false);
                    await OpenAsync().ConfigureAwait(false);
                }
                else if (type is MessageType.ChannelClose)
                {
                    await CloseAsync().ConfigureAwait(false);
                    isClosed = true;
                    return _exit;
                }
                else if (Handle(type, payload.Span, output, errors) is var (replyType, reply))
                {
                    await _connection.SendAsync(replyType, reply).ConfigureAwait(false);
                }
            }

            throw Failure.Aborted();
        }
        catch (SocketException broken)
        {
            throw new SshConnectionException(broken.Message, Messages.Transport.DisconnectReason.ConnectionLost, broken);
        }
        finally
        {
            lock (_gate)
            {
                _state = State.Closing;
            }

            await _ended.CancelAsync().ConfigureAwait(false);
            _master.Return(_connection, isClosed);
        }
    }

    private Task OpenAsync() => _connection.SendAsync(
        MessageType.ChannelOpen, new WireWriter().String("session").UInt32(Self).UInt32(Window).UInt32(PacketMax));

    /// <summary>Sends the close message, once; a channel that is still being opened is closed when it has been.</summary>
    private Task CloseAsync()
    {
        lock (_gate)
        {
            var before = _state;
            _state = State.Closing;
            return before is State.Open ? _connection.SendAsync(MessageType.ChannelClose, ToPeer()) : Task.CompletedTask;
        }
    }

    private (MessageType Type, WireWriter Message) Opened()
    {
        lock (_gate)
        {
            if (_state is State.Closing)
            {
                return (MessageType.ChannelClose, ToPeer());
            }

            _state = State.Open;
            return (MessageType.ChannelRequest, ToPeer().String("exec").Boolean(true).String(_command));
        }
    }

    /// <summary>Takes one message in and returns the one that it calls for, if any.</summary>
    private (MessageType Type, WireWriter Reply)? Handle(MessageType type, ReadOnlySpan<byte> payload, PipeStream output, PipeStream errors)
    {
        WireReader reader = new(payload);
        reader.UInt32(); // the recipient: this connection has one channel
        switch (type)
        {
            case MessageType.ChannelOpenConfirmation:
                (_peer, _peerWindow, _peerPacketMax) = (reader.UInt32(), reader.UInt32(), reader.UInt32());
                return Opened();
            case MessageType.ChannelOpenFailure:
                throw new SshException("Failed to open a channel after all attempts.");
            case MessageType.ChannelSuccess:
                _started.TrySetResult(); // not before: the server drops input for a session that has no command yet
                return null;
            case MessageType.ChannelFailure:
                throw new SshException("The server does not run this command.");
            case MessageType.ChannelWindowAdjust:
                Interlocked.Add(ref _peerWindow, reader.UInt32());
                _room.Release();
                return null;
            case MessageType.ChannelData:
                return Consumed(reader.Bytes(), output);
            case MessageType.ChannelExtendedData:
                return Consumed(reader.UInt32() is StandardError ? reader.Bytes() : [], errors);
            case MessageType.ChannelRequest:
                return HandleRequest(ref reader);
            default:
                return null;
        }
    }

    private (MessageType Type, WireWriter Reply)? HandleRequest(ref WireReader reader)
    {
        var (name, wantsReply) = (reader.String(), reader.Boolean());
        switch (name)
        {
            case "exit-status":
                _exit = new(unchecked((int)reader.UInt32()), null);
                return null;
            case "exit-signal":
                _exit = new(null, reader.String());
                return null;
            default:
                return wantsReply ? (MessageType.ChannelFailure, ToPeer()) : null;
        }
    }

    /// <summary>Makes room at the server again when half of the window has been used.</summary>
    private (MessageType Type, WireWriter Reply)? Consumed(ReadOnlySpan<byte> data, PipeStream stream)
    {
        stream.Write(data);
        _unacknowledged += (uint)data.Length;
        if (_unacknowledged < Window / 2)
        {
            return null;
        }

        var adjust = ToPeer().UInt32(_unacknowledged);
        _unacknowledged = 0;
        return (MessageType.ChannelWindowAdjust, adjust);
    }

    private async Task<int> ReserveAsync(int wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var window = Interlocked.Read(ref _peerWindow);
            var size = (int)Math.Min(Math.Min(wanted, PacketMax), Math.Min(window, _peerPacketMax));
            if (size > 0 && Interlocked.CompareExchange(ref _peerWindow, window - size, window) == window)
            {
                return size;
            }

            if (size is 0)
            {
                await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task StopAsync(Task<Exit> conversation)
    {
        try
        {
            if (_started.Task.IsCompletedSuccessfully && StopSignal is { } signal)
            {
                await SendIfOpenAsync(MessageType.ChannelRequest, ToPeer().String("signal").Boolean(false).String(signal))
                    .ConfigureAwait(false);
                await conversation.WaitAsync(s_signalMax).ConfigureAwait(false);
            }
            else
            {
                await CloseAsync().ConfigureAwait(false);
            }
        }
        catch (TimeoutException)
        {
            // Not every command ends on a signal.
            await CloseAsync().ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is SshException or SocketException or ObjectDisposedException)
        {
            // With the connection the command is gone as well; that it was stopped is what the caller is told.
        }
    }
}
