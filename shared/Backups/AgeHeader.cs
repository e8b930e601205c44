using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;

namespace Launchpad.Shared.Backups;

/// <summary>The beginning of a file of age (age-encryption.org/v1): the key of the file, closed for a recipient. The rest of the file depends
/// on that key alone, so what is closed for one recipient is closed for another by another beginning.</summary>
/// <param name="Length">In the file, bytes.</param>
public sealed record AgeHeader(byte[] FileKey, int Length)
{
    /// <summary>As much of a file as has to be read for the beginning of one with one recipient.</summary>
    public const int BytesMax = 1024;

    private const string Version = "age-encryption.org/v1";
    private const string Info = "age-encryption.org/v1/X25519";
    private const int TagBytes = 16;

    /// <param name="file">Its beginning.</param>
    /// <param name="identity">Of the recipient.</param>
    /// <exception cref="CryptographicException">When it is not such a file, or was closed for somebody else, or was changed.</exception>
    public static AgeHeader Open(ReadOnlySpan<byte> file, AgeIdentity identity)
    {
        var text = Encoding.ASCII.GetString(file);
        if (text.Split('\n', 5) is not [Version, var stanza, var body, var end, _]
            || stanza.Split(' ') is not ["->", "X25519", var share] || !end.StartsWith("--- ", StringComparison.Ordinal))
        {
            throw new CryptographicException("This is not the beginning of an archive.");
        }

        var fileKey = Unwrap(Bytes(share), Bytes(body), identity);
        var signed = $"{Version}\n{stanza}\n{body}\n---";
        return CryptographicOperations.FixedTimeEquals(Mac(fileKey, signed), Bytes(end["--- ".Length..]))
            ? new(fileKey, signed.Length + 1 + end.Length - "---".Length)
            : throw new CryptographicException("The beginning of the archive was changed.");
    }

    /// <summary>A beginning for the same file that <paramref name="recipient"/> opens.</summary>
    public byte[] For(string recipient)
    {
        var (once, other) = (AgeIdentity.New(), AgeIdentity.PublicOf(recipient));
        var body = new byte[FileKey.Length + TagBytes];
        using (var cipher = new ChaCha20Poly1305(WrapKey(once.Agree(other), once.Public, other.GetEncoded())))
        {
            cipher.Encrypt(new byte[12], FileKey, body.AsSpan(0, FileKey.Length), body.AsSpan(FileKey.Length));
        }

        var signed = $"{Version}\n-> X25519 {Text(once.Public)}\n{Text(body)}\n---";
        return Encoding.ASCII.GetBytes($"{signed} {Text(Mac(FileKey, signed))}\n");
    }

    private static byte[] Unwrap(byte[] share, byte[] body, AgeIdentity identity)
    {
        if (share.Length != X25519PublicKeyParameters.KeySize || body.Length != TagBytes + TagBytes)
        {
            throw new CryptographicException("This is not the beginning of an archive.");
        }

        var fileKey = new byte[TagBytes];
        using var cipher = new ChaCha20Poly1305(WrapKey(identity.Agree(new(share)), share, identity.Public));
        try
        {
            cipher.Decrypt(new byte[12], body.AsSpan(0, TagBytes), body.AsSpan(TagBytes), fileKey);
            return fileKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new CryptographicException("The archive was closed for another key.");
        }
    }

    private static byte[] WrapKey(byte[] shared, byte[] share, byte[] recipient) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, [.. share, .. recipient], Encoding.ASCII.GetBytes(Info));

    private static byte[] Mac(byte[] fileKey, string signed) =>
        HMACSHA256.HashData(HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, 32, info: "header"u8.ToArray()), Encoding.ASCII.GetBytes(signed));

    private static string Text(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] Bytes(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length) && Text(bytes[..length]) == text
            ? bytes[..length]
            : throw new CryptographicException("This is not the beginning of an archive.");
    }
}
