using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Launchpad.Functions.Tests.Auth;

/// <summary>A device that keeps one passkey (ES256, no attestation), and the browser before it, as WebAuthn has them.</summary>
internal sealed class Authenticator(string origin = "http://localhost:7071") : IDisposable
{
    private const byte UserPresent = 0x01;
    private const byte UserVerified = 0x04;
    private const byte HasKey = 0x40;

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] id = RandomNumberGenerator.GetBytes(32);
    private byte[] user = [];
    private uint counter;

    /// <summary>False for a device that does not look who holds it.</summary>
    public bool LooksAtUser { get; init; } = true;

    /// <summary>navigator.credentials.create.</summary>
    public object Create(JsonElement options)
    {
        user = Base64Url.DecodeFromChars(options.GetProperty("user").GetProperty("id").GetString());
        var client = Client("webauthn.create", options);
        var attestation = new CborWriter();
        attestation.WriteStartMap(3);
        attestation.WriteTextString("fmt");
        attestation.WriteTextString("none");
        attestation.WriteTextString("attStmt");
        attestation.WriteStartMap(0);
        attestation.WriteEndMap();
        attestation.WriteTextString("authData");
        attestation.WriteByteString(Data(RpOf(options), [.. new byte[16], .. Length(id), .. id, .. PublicKey()], HasKey));
        attestation.WriteEndMap();
        return Answer(new { attestationObject = Text(attestation.Encode()), clientDataJSON = Text(client), transports = new[] { "internal" } });
    }

    /// <summary>navigator.credentials.get.</summary>
    public object Get(JsonElement options, string? sayingItIs = null)
    {
        counter++;
        var client = Client("webauthn.get", options);
        var data = Data(options.GetProperty("rpId").GetString()!, [], 0);
        var signature = key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Answer(new
        {
            authenticatorData = Text(data),
            clientDataJSON = Text(client),
            signature = Text(signature),
            userHandle = Text(sayingItIs is null ? user : Encoding.UTF8.GetBytes(sayingItIs)),
        });
    }

    public void Dispose() => key.Dispose();

    private static string RpOf(JsonElement options) => options.GetProperty("rp").GetProperty("id").GetString()!;

    private object Answer(object response) => new
    {
        id = Text(id),
        rawId = Text(id),
        type = "public-key",
        authenticatorAttachment = "platform",
        clientExtensionResults = new { },
        response,
    };

    private byte[] Client(string type, JsonElement options) => JsonSerializer.SerializeToUtf8Bytes(
        new { type, challenge = options.GetProperty("challenge").GetString(), origin, crossOrigin = false });

    private byte[] Data(string rp, byte[] credential, byte flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(rp)), (byte)(UserPresent | (LooksAtUser ? UserVerified : 0) | flags), .. count, .. credential];
    }

    /// <summary>A COSE key.</summary>
    private byte[] PublicKey()
    {
        var point = key.ExportParameters(false).Q;
        var cose = new CborWriter(CborConformanceMode.Ctap2Canonical);
        cose.WriteStartMap(5);
        cose.WriteInt32(1);
        cose.WriteInt32(2);
        cose.WriteInt32(3);
        cose.WriteInt32(-7);
        cose.WriteInt32(-1);
        cose.WriteInt32(1);
        cose.WriteInt32(-2);
        cose.WriteByteString(point.X!);
        cose.WriteInt32(-3);
        cose.WriteByteString(point.Y!);
        cose.WriteEndMap();
        return cose.Encode();
    }

    private static byte[] Length(byte[] of) => [(byte)(of.Length >> 8), (byte)of.Length];

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
