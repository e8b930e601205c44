using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Shared.Vms;

/// <summary>An SSH key (ECDSA, nistp256) in OpenSSH's own formats, made without a child process.</summary>
/// <param name="PrivateKeyPem">"BEGIN OPENSSH PRIVATE KEY", not encrypted.</param>
/// <param name="PublicKey">One line: type, base64, comment.</param>
/// <param name="Sha256">Fingerprint of the public key as SSH.NET spells it: base64 without padding.</param>
public sealed record SshKeyPair(string PrivateKeyPem, string PublicKey, string Sha256)
{
    private const string KeyType = "ecdsa-sha2-nistp256";
    private const string Curve = "nistp256";
    private const string Comment = "launchpad";
    private const int BlockSize = 8;
    private const int LineLength = 70;

    public static SshKeyPair Generate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        try
        {
            byte[] point = [4, .. parameters.Q.X!, .. parameters.Q.Y!];
            var publicBlob = Join(Text(KeyType), Text(Curve), Block(point));
            return new SshKeyPair(
                PrivatePem(publicBlob, point, parameters.D!),
                $"{KeyType} {Convert.ToBase64String(publicBlob)} {Comment}",
                Fingerprint(publicBlob));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }

    /// <summary>The private key is never printed.</summary>
    public override string ToString() => $"{KeyType} SHA256:{Sha256}";

    private static string Fingerprint(byte[] publicBlob) => Convert.ToBase64String(SHA256.HashData(publicBlob)).TrimEnd('=');

    // PROTOCOL.key of OpenSSH: magic, no cipher, no key derivation, one key; the private part is padded with 1, 2, 3…
    private static string PrivatePem(byte[] publicBlob, byte[] point, byte[] scalar)
    {
        var check = RandomNumberGenerator.GetBytes(4);
        var secret = Join(check, check, Text(KeyType), Text(Curve), Block(point), Block(Positive(scalar)), Text(Comment));
        var padding = Enumerable.Range(1, (BlockSize - (secret.Length % BlockSize)) % BlockSize).Select(i => (byte)i).ToArray();
        var head = Join("openssh-key-v1\0"u8.ToArray(), Text("none"), Text("none"), Block([]), Number(1));
        var document = Join(head, Block(publicBlob), Block(Join(secret, padding)));
        var lines = Convert.ToBase64String(document).Chunk(LineLength).Select(line => new string(line));
        return $"-----BEGIN OPENSSH PRIVATE KEY-----\n{string.Join('\n', lines)}\n-----END OPENSSH PRIVATE KEY-----\n";
    }

    // A multi-precision integer: no leading zeros, except one where the first bit would read as a sign.
    private static byte[] Positive(byte[] number)
    {
        var significant = number.AsSpan().TrimStart((byte)0).ToArray();
        return significant.Length > 0 && significant[0] >= 0x80 ? [0, .. significant] : significant;
    }

    private static byte[] Text(string value) => Block(Encoding.ASCII.GetBytes(value));

    private static byte[] Block(byte[] value) => Join(Number(value.Length), value);

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];
}
