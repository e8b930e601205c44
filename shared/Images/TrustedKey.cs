using System.Security.Cryptography;

namespace Launchpad.Shared.Images;

/// <summary>A public key whose signature makes an image trusted.</summary>
internal sealed class TrustedKey
{
    private const int SignatureLengthMax = 256;
    private readonly byte[] _publicKey;

    private TrustedKey(byte[] publicKey) => _publicKey = publicKey;

    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(_publicKey));

    /// <summary>All PEM blocks of the text. Anything but a P-256 public key is a mistake in the configuration and fails at start.</summary>
    public static IReadOnlyList<TrustedKey> ReadAll(string pem)
    {
        var keys = new List<TrustedKey>();
        for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(rest[fields.Location]);
            var key = ecdsa.ExportSubjectPublicKeyInfo();
            keys.Add(ecdsa.KeySize is 256 ? new(key) : throw new CryptographicException("An image signing key must be ECDSA P-256."));
        }

        return keys is { Count: > 0 } ? keys : throw new CryptographicException("There is no public key to verify images with.");
    }

    /// <summary>Whether the base64 of a DER signature, as cosign writes it, is this key's over exactly these bytes.</summary>
    public bool Signed(ReadOnlySpan<byte> content, string? signature)
    {
        Span<byte> der = stackalloc byte[SignatureLengthMax];
        if (signature is null || !Convert.TryFromBase64String(signature, der, out var length))
        {
            return false;
        }

        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(_publicKey, out _);
        return ecdsa.VerifyData(content, der[..length], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
