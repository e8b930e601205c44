using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.Backups;

/// <summary>A document and who signed it (DSSE 1.0).</summary>
/// <param name="Payload">base64.</param>
public sealed record Envelope(string PayloadType, string Payload, IReadOnlyList<EnvelopeSignature> Signatures);

/// <param name="KeyId">SHA-256 of the public key's SubjectPublicKeyInfo, lower-case hexadecimal.</param>
/// <param name="Sig">base64; ECDSA P-256 with SHA-256, DER.</param>
public sealed record EnvelopeSignature([property: JsonPropertyName("keyid")] string KeyId, string Sig);

/// <summary>Signs what is to be believed by people who do not trust whoever keeps it. The key is made once and stays in the vault.</summary>
public sealed class SignedDocuments(SecretVault vault)
{
    private const string KeyName = "launchpad-certificates-key";
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(30);

    public async Task<Envelope> SignAsync(string type, byte[] payload, CancellationToken ct)
    {
        using var key = await KeyAsync(ct);
        var signature = key.SignData(Signed(type, payload), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new(type, Convert.ToBase64String(payload), [new(KeyId(key), Convert.ToBase64String(signature))]);
    }

    /// <summary>PEM, for whoever wants to check.</summary>
    public async Task<string> PublicKeyAsync(CancellationToken ct)
    {
        using var key = await KeyAsync(ct);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    public static string ToJson(Envelope envelope) => JsonSerializer.Serialize(envelope, Json);

    public static Envelope Parse(string json) => JsonSerializer.Deserialize<Envelope>(json, Json)!;

    /// <summary>The pre-authentication encoding.</summary>
    private static byte[] Signed(string type, byte[] payload) =>
        [.. Encoding.UTF8.GetBytes($"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} "), .. payload];

    private static string KeyId(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    private async Task<ECDsa> KeyAsync(CancellationToken ct)
    {
        var pem = await vault.RecallAsync(KeyName, Keep, ct) ?? await MakeAsync(ct);
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }

    /// <summary>Whoever was last at making one decides which it is; nothing was signed before it is read again.</summary>
    private async Task<string> MakeAsync(CancellationToken ct)
    {
        using (var made = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await vault.SetAsync(KeyName, made.ExportPkcs8PrivateKeyPem(), ct);
        }

        return await vault.RecallAsync(KeyName, Keep, ct) ?? throw new InvalidOperationException("The vault did not keep the key.");
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
    };
}
