using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Vm;

/// <summary>The VM's own SSH key, by which the control plane knows it. OpenSSH keeps it in a format of its own.</summary>
internal sealed class HostKey : IDisposable
{
    public const string Path = "/etc/ssh/ssh_host_ecdsa_key";

    private const string Begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const string End = "-----END OPENSSH PRIVATE KEY-----";
    private const int CoordinateBytes = 32;

    private readonly ECDsa _key;

    private HostKey(ECDsa key, byte[] publicBlob) => (_key, PublicBlob) = (key, publicBlob);

    public byte[] PublicBlob { get; }

    /// <exception cref="FormatException">When it is not an unencrypted key on nistp256.</exception>
    public static HostKey Parse(string pem)
    {
        var text = pem.Replace(Begin, "", StringComparison.Ordinal).Replace(End, "", StringComparison.Ordinal);
        ReadOnlySpan<byte> rest = Convert.FromBase64String(text);
        if (!rest.StartsWith("openssh-key-v1\0"u8))
        {
            throw new FormatException("It is not a key of OpenSSH.");
        }

        // PROTOCOL.key: cipher, key derivation and its options, how many keys, the public one, then the private part.
        rest = rest["openssh-key-v1\0"u8.Length..];
        var cipher = Encoding.ASCII.GetString(Take(ref rest));
        Take(ref rest);
        Take(ref rest);
        rest = rest[sizeof(int)..];
        var publicBlob = Take(ref rest).ToArray();
        if (cipher != "none")
        {
            throw new FormatException("The key is encrypted.");
        }

        // Two equal random numbers, type, curve, point, scalar.
        var secret = Take(ref rest)[(2 * sizeof(int))..];
        Take(ref secret);
        var curve = Encoding.ASCII.GetString(Take(ref secret));
        var point = Take(ref secret);
        var scalar = Take(ref secret).TrimStart((byte)0);
        if (curve != "nistp256" || point.Length != 1 + (2 * CoordinateBytes) || scalar.Length > CoordinateBytes)
        {
            throw new FormatException("The key is not on nistp256.");
        }

        var padded = new byte[CoordinateBytes];
        scalar.CopyTo(padded.AsSpan(CoordinateBytes - scalar.Length));
        try
        {
            return new(
                ECDsa.Create(new ECParameters
                {
                    Curve = ECCurve.NamedCurves.nistP256,
                    D = padded,
                    Q = new() { X = point[1..(1 + CoordinateBytes)].ToArray(), Y = point[(1 + CoordinateBytes)..].ToArray() },
                }),
                publicBlob);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    public byte[] Sign(byte[] content) => _key.SignData(content, HashAlgorithmName.SHA256);

    public void Dispose() => _key.Dispose();

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < sizeof(int) || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - sizeof(int))
        {
            throw new FormatException("The key ends in the middle.");
        }

        var field = rest.Slice(sizeof(int), (int)length);
        rest = rest[(sizeof(int) + (int)length)..];
        return field;
    }
}
