using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Launchpad.Durable.Storage;

/// <summary>Writes values one after the other, and seals them with a checksum: SQLite checks its log, but not what lies in the
/// database itself.</summary>
internal sealed class Packer
{
    public const int Version = 1;

    /// <summary>The checksum and the version.</summary>
    public const int Head = sizeof(uint) + 1;

    private const int KeptBytes = 256 * 1024;

    [ThreadStatic]
    private static Packer? own;

    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    /// <summary>This thread's, empty.</summary>
    public static Packer Begin()
    {
        var packer = own is { buffer.Capacity: <= KeptBytes } ? own : own = new();
        packer.buffer.ResetWrittenCount();
        packer.buffer.GetSpan(Head)[Head - 1] = Version;
        packer.buffer.Advance(Head);
        return packer;
    }

    public byte[] Seal()
    {
        var sealed_ = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(sealed_, Crc32C.Of(sealed_.AsSpan(sizeof(uint))));
        return sealed_;
    }

    public void Byte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Seven bits a byte; the sign is in the lowest bit, so that small numbers of either sign are short.</summary>
    public void Number(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var span = buffer.GetSpan(10);
        var length = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            span[length++] = (byte)(rest | 0x80);
        }

        span[length++] = (byte)rest;
        buffer.Advance(length);
    }

    public void Optional(long? value)
    {
        Flag(value is not null);
        if (value is { } number)
        {
            Number(number);
        }
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            Number(-1);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        Number(length);
        Encoding.UTF8.GetBytes(value, buffer.GetSpan(Math.Max(1, length)));
        buffer.Advance(length);
    }

    /// <summary>A local time says nothing on another machine, so it is kept as the universal one.</summary>
    public void Time(DateTime value)
    {
        var kept = value.Kind is DateTimeKind.Local ? value.ToUniversalTime() : value;
        Byte((byte)kept.Kind);
        Number(kept.Ticks);
    }

    public void Optional(DateTime? value)
    {
        Flag(value is not null);
        if (value is { } time)
        {
            Time(time);
        }
    }

    public void Map(IDictionary<string, string>? value)
    {
        Number(value?.Count ?? -1);
        foreach (var (name, text) in value ?? new Dictionary<string, string>())
        {
            Text(name);
            Text(text);
        }
    }
}

/// <summary>Reads what a <see cref="Packer"/> has sealed; throws <see cref="InvalidDataException"/> when it is something else.</summary>
internal ref struct Unpacker
{
    private ReadOnlySpan<byte> rest;

    public Unpacker(ReadOnlySpan<byte> packed)
    {
        if (packed.Length < Packer.Head
            || BinaryPrimitives.ReadUInt32LittleEndian(packed) != Crc32C.Of(packed[sizeof(uint)..]))
        {
            throw new InvalidDataException("its checksum says that it is not what was written");
        }

        if (packed[sizeof(uint)] != Packer.Version)
        {
            throw new InvalidDataException($"it is in form {packed[sizeof(uint)]}, and this engine knows form {Packer.Version}");
        }

        rest = packed[Packer.Head..];
    }

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() != 0;

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw new InvalidDataException("a number in it has no end");
    }

    public int Int32() => checked((int)Number());

    public long? OptionalNumber() => Flag() ? Number() : null;

    public string? Text()
    {
        var length = Number();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public DateTime Time()
    {
        var kind = (DateTimeKind)Byte();
        return new(Number(), kind);
    }

    public DateTime? OptionalTime() => Flag() ? Time() : null;

    public Dictionary<string, string>? Map()
    {
        var count = Number();
        if (count < 0)
        {
            return null;
        }

        var map = new Dictionary<string, string>();
        for (; count > 0; count--)
        {
            map[Text()!] = Text()!;
        }

        return map;
    }

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length > rest.Length)
        {
            throw new InvalidDataException("it ends too early");
        }

        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }
}
