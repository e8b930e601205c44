using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Health;

/// <summary>Whether a heartbeat comes from the machine it names: its host key is the one that the machine was made with.</summary>
public static class HeartbeatSignature
{
    private const string KeyType = "ecdsa-sha2-nistp256";
    private const string Curve = "nistp256";
    private const int CoordinateBytes = 32;
    private const byte Uncompressed = 4;

    /// <param name="hostKey">The fingerprint that the control plane knows.</param>
    /// <param name="publicBlob">The public key that the machine shows.</param>
    public static bool IsValid(string hostKey, byte[] publicBlob, string vm, long time, ReadOnlySpan<byte> body, byte[] signature)
    {
        var shown = Convert.ToBase64String(SHA256.HashData(publicBlob)).TrimEnd('=');
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(shown), Encoding.ASCII.GetBytes(hostKey))
            || Point(publicBlob) is not { } point)
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
            return key.VerifyData(HeartbeatProof.Content(vm, time, body), signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            // A point that is not on the curve.
            return false;
        }
    }

    // RFC 5656: type, curve, uncompressed point, each with its length.
    private static ECPoint? Point(ReadOnlySpan<byte> blob)
    {
        var rest = blob;
        return Take(ref rest) is { } type && Encoding.ASCII.GetString(type) == KeyType
            && Take(ref rest) is { } curve && Encoding.ASCII.GetString(curve) == Curve
            && Take(ref rest) is { Length: 1 + (2 * CoordinateBytes) } point && point[0] == Uncompressed && rest.IsEmpty
            ? new ECPoint { X = point[1..(1 + CoordinateBytes)], Y = point[(1 + CoordinateBytes)..] }
            : null;
    }

    private static byte[]? Take(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < sizeof(int) || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - sizeof(int))
        {
            return null;
        }

        var field = rest.Slice(sizeof(int), (int)length).ToArray();
        rest = rest[(sizeof(int) + (int)length)..];
        return field;
    }
}
