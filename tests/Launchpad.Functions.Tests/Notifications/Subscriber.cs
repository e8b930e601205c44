using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Push;

namespace Launchpad.Functions.Tests.Notifications;

/// <summary>A browser that is subscribed: it has keys of its own and opens what is sent to it by RFC 8291, by nothing of the product.</summary>
internal sealed class Subscriber : IDisposable
{
    private const int SaltBytes = 16;
    private const int TagBytes = 16;
    private const byte LastRecord = 2;

    private readonly ECDiffieHellman key;
    private readonly byte[] auth;

    public Subscriber(string endpoint)
        : this(endpoint, ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256), RandomNumberGenerator.GetBytes(16))
    {
    }

    private Subscriber(string endpoint, ECDiffieHellman key, byte[] auth) => (Endpoint, this.key, this.auth) = (endpoint, key, auth);

    public string Endpoint { get; }

    public string Auth => Base64Url.EncodeToString(auth);

    public string P256dh => Base64Url.EncodeToString(Public);

    public PushTarget Target => new(Endpoint, P256dh, Auth);

    private byte[] Public => key.ExportParameters(includePrivateParameters: false).Q is var point ? [4, .. point.X!, .. point.Y!] : [];

    /// <summary>One whose keys are given, as those of the example in the RFC are.</summary>
    public static Subscriber Of(string publicKey, string privateKey, string auth)
    {
        var point = Base64Url.DecodeFromChars(publicKey);
        var key = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = point[1..33], Y = point[33..] },
            D = Base64Url.DecodeFromChars(privateKey),
        });
        return new("https://push.example.net/", key, Base64Url.DecodeFromChars(auth));
    }

    /// <summary>A body in `aes128gcm` (RFC 8188), of one record.</summary>
    public string Open(byte[] body)
    {
        var (salt, size, idLength) = (body[..SaltBytes], BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(SaltBytes)), body[SaltBytes + 4]);
        var sender = body[(SaltBytes + 5)..(SaltBytes + 5 + idLength)];
        var record = body[(SaltBytes + 5 + idLength)..];
        Assert.InRange(record.Length, TagBytes + 1, (int)size);

        using var other = ECDiffieHellman.Create(
            new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = sender[1..33], Y = sender[33..] } });
        var secret = key.DeriveRawSecretAgreement(other.PublicKey);
        var material = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, auth, [.. Text("WebPush: info\0"), .. Public, .. sender]);
        var content = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 16, salt, Text("Content-Encoding: aes128gcm\0"));
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 12, salt, Text("Content-Encoding: nonce\0"));
        var plain = new byte[record.Length - TagBytes];
        using var cipher = new AesGcm(content, TagBytes);
        cipher.Decrypt(nonce, record.AsSpan(0, plain.Length), record.AsSpan(plain.Length), plain);
        var end = plain.AsSpan().LastIndexOfAnyExcept((byte)0);
        Assert.Equal(LastRecord, plain[end]);
        return Encoding.UTF8.GetString(plain.AsSpan(0, end));
    }

    public void Dispose() => key.Dispose();

    private static byte[] Text(string text) => Encoding.ASCII.GetBytes(text);
}
