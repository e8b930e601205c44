using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Renci.SshNet.OpenSsh;

/// <summary>The messages of RFC 4254 that a session uses.</summary>
internal enum MessageType : byte
{
    ChannelOpen = 90,
    ChannelOpenConfirmation = 91,
    ChannelOpenFailure = 92,
    ChannelWindowAdjust = 93,
    ChannelData = 94,
    ChannelExtendedData = 95,
    ChannelEof = 96,
    ChannelClose = 97,
    ChannelRequest = 98,
    ChannelSuccess = 99,
    ChannelFailure = 100,
}

/// <summary>Writes SSH's data types: numbers are big-endian, strings come after their length.</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public WireWriter Byte(byte value)
    {
        _buffer.Write([value]);
        return this;
    }

    public WireWriter Boolean(bool value) => Byte(value ? (byte)1 : (byte)0);

    public WireWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.GetSpan(sizeof(uint)), value);
        _buffer.Advance(sizeof(uint));
        return this;
    }

    public WireWriter Bytes(ReadOnlySpan<byte> value)
    {
        _buffer.Write(value);
        return this;
    }

    public WireWriter String(ReadOnlySpan<byte> value) => UInt32((uint)value.Length).Bytes(value);

    public WireWriter String(string value) => String(Encoding.UTF8.GetBytes(value));
}

/// <summary>Reads what <see cref="WireWriter"/> writes.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public byte Byte() => Take(1)[0];

    public bool Boolean() => Byte() is not 0;

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    public ReadOnlySpan<byte> Bytes() => Take(checked((int)UInt32()));

    public string String() => Encoding.UTF8.GetString(Bytes());

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
