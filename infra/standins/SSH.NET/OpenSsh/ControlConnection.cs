using System.Buffers.Binary;
using System.Net.Sockets;
using Renci.SshNet.Common;

namespace Renci.SshNet.OpenSsh;

/// <summary>
/// A connection to the master's control socket in proxy mode (PROTOCOL.mux of OpenSSH): the messages of SSH's connection protocol go over
/// it in the clear, and the master passes them on through its encrypted connection, translating our channel numbers to its own.
/// </summary>
internal sealed class ControlConnection : IDisposable
{
    private const uint Hello = 0x00000001;
    private const uint Version = 4;
    private const uint Proxy = 0x1000000f;
    private const uint ProxyAccepted = 0x8000000f;
    private const int MessageMax = 1 << 20;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly SemaphoreSlim _sending = new(1);
    private bool _isProxy;
    private byte[] _buffer = new byte[64 << 10];

    public ControlConnection(string path) => _socket.Connect(new UnixDomainSocketEndPoint(path));

    public async Task SendAsync(MessageType type, WireWriter payload)
    {
        if (!_isProxy)
        {
            _isProxy = true;
            await EnterProxyModeAsync().ConfigureAwait(false);
        }

        await SendFrameAsync(new WireWriter().Byte(0).Byte((byte)type).Bytes(payload.Written.Span)).ConfigureAwait(false);
    }

    /// <summary>The next message, or null when the master has closed; its payload is good until the next call.</summary>
    public async Task<(MessageType Type, ReadOnlyMemory<byte> Payload)?> ReceiveAsync() =>
        await ReceiveFrameAsync().ConfigureAwait(false) is { } frame ? ((MessageType)frame.Span[1], frame[2..]) : null;

    public void Dispose() => _socket.Dispose();

    private async Task EnterProxyModeAsync()
    {
        await SendFrameAsync(new WireWriter().UInt32(Hello).UInt32(Version)).ConfigureAwait(false);
        await SendFrameAsync(new WireWriter().UInt32(Proxy).UInt32(0)).ConfigureAwait(false);
        await ExpectAsync(Hello).ConfigureAwait(false);
        await ExpectAsync(ProxyAccepted).ConfigureAwait(false);
    }

    private async Task ExpectAsync(uint type)
    {
        var frame = await ReceiveFrameAsync().ConfigureAwait(false) ?? throw Failure.Aborted();
        if (BinaryPrimitives.ReadUInt32BigEndian(frame.Span) != type)
        {
            throw new SshException("The ssh program does not pass on sessions.");
        }
    }

    private async Task SendFrameAsync(WireWriter content)
    {
        var frame = new WireWriter().String(content.Written.Span).Written;
        await _sending.WaitAsync().ConfigureAwait(false);
        try
        {
            while (!frame.IsEmpty)
            {
                frame = frame[await _socket.SendAsync(frame).ConfigureAwait(false)..];
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task<ReadOnlyMemory<byte>?> ReceiveFrameAsync()
    {
        if (!await FillAsync(sizeof(uint)).ConfigureAwait(false))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_buffer);
        if (length is < 2 or > MessageMax)
        {
            throw new SshException($"The ssh program sent a message of {length} bytes.");
        }

        if (length > _buffer.Length)
        {
            _buffer = new byte[length];
        }

        return await FillAsync((int)length).ConfigureAwait(false) ? _buffer.AsMemory(0, (int)length) : null;
    }

    private async Task<bool> FillAsync(int count)
    {
        for (var filled = 0; filled < count;)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled, count - filled)).ConfigureAwait(false);
            if (read is 0)
            {
                return false;
            }

            filled += read;
        }

        return true;
    }
}
