using System.Buffers.Binary;
using System.Security.Cryptography;
using Launchpad.Shared.Backups;

namespace Launchpad.Shared.Snapshots;

/// <summary>What follows the beginning of a file of age: chunks of 64 KiB, each sealed under its number, and the last one as the last, so
/// that none can be left out at the end. A chunk is held back until it is known whether another follows.</summary>
public sealed class AgePayload : ICryptoTransform
{
    private const int ChunkBytes = 64 * 1024;
    private const int TagBytes = 16;
    private const int NonceBytes = 16;

    private readonly ChaCha20Poly1305 cipher;
    private readonly bool seals;
    private readonly byte[] nonce = new byte[12];
    private byte[]? held;
    private ulong number;

    private AgePayload(byte[] fileKey, byte[] salt, bool seals)
    {
        cipher = new(HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, 32, salt, "payload"u8.ToArray()));
        this.seals = seals;
    }

    public bool CanReuseTransform => false;

    public bool CanTransformMultipleBlocks => false;

    public int InputBlockSize => seals ? ChunkBytes : ChunkBytes + TagBytes;

    public int OutputBlockSize => seals ? ChunkBytes + TagBytes : ChunkBytes;

    /// <summary>Seals what is written to it; <paramref name="to"/> stays open.</summary>
    public static async Task<Stream> WriteAsync(Stream to, string recipient, CancellationToken ct)
    {
        var (fileKey, salt) = (RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(NonceBytes));
        await to.WriteAsync(new AgeHeader(fileKey, 0).For(recipient), ct);
        await to.WriteAsync(salt, ct);
        return new CryptoStream(to, new AgePayload(fileKey, salt, seals: true), CryptoStreamMode.Write, leaveOpen: true);
    }

    /// <exception cref="CryptographicException">When it was closed for somebody else, or was changed; what is read of it may throw too.</exception>
    public static async Task<Stream> ReadAsync(Stream from, AgeIdentity identity, CancellationToken ct)
    {
        var head = await HeadAsync(from, ct);
        var salt = new byte[NonceBytes];
        await from.ReadExactlyAsync(salt, ct);
        return new CryptoStream(from, new AgePayload(AgeHeader.Open(head, identity).FileKey, salt, seals: false), CryptoStreamMode.Read);
    }

    public int TransformBlock(byte[] inputBuffer, int inputOffset, int inputCount, byte[] outputBuffer, int outputOffset)
    {
        var ready = held is null ? [] : Chunk(held, isLast: false);
        held = inputBuffer[inputOffset..(inputOffset + inputCount)];
        ready.CopyTo(outputBuffer, outputOffset);
        return ready.Length;
    }

    public byte[] TransformFinalBlock(byte[] inputBuffer, int inputOffset, int inputCount)
    {
        var rest = inputBuffer[inputOffset..(inputOffset + inputCount)];
        return (held, rest) switch
        {
            (null, _) => Chunk(rest, isLast: true),
            (_, []) => Chunk(held, isLast: true),
            _ => [.. Chunk(held, isLast: false), .. Chunk(rest, isLast: true)],
        };
    }

    public void Dispose() => cipher.Dispose();

    // Three lines, and the fourth that ends them.
    private static async Task<byte[]> HeadAsync(Stream from, CancellationToken ct)
    {
        var head = new byte[AgeHeader.BytesMax];
        for (var (length, lines) = (0, 0); length < head.Length; length++)
        {
            await from.ReadExactlyAsync(head.AsMemory(length, 1), ct);
            lines += head[length] == '\n' ? 1 : 0;
            if (lines == 4)
            {
                return head[..(length + 1)];
            }
        }

        throw new CryptographicException("This is not the beginning of an archive.");
    }

    private byte[] Chunk(byte[] bytes, bool isLast)
    {
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(3), number++);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
        if (seals)
        {
            var chunk = new byte[bytes.Length + TagBytes];
            cipher.Encrypt(nonce, bytes, chunk.AsSpan(0, bytes.Length), chunk.AsSpan(bytes.Length));
            return chunk;
        }

        if (bytes.Length < TagBytes)
        {
            throw new CryptographicException("The archive was cut.");
        }

        var plain = new byte[bytes.Length - TagBytes];
        cipher.Decrypt(nonce, bytes.AsSpan(0, plain.Length), bytes.AsSpan(plain.Length), plain);
        return plain;
    }
}
