using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Launchpad.Shared.Backups;

/// <summary>A key pair of age (X25519): whoever knows its recipient can close something for it, and it alone opens that.</summary>
public sealed class AgeIdentity
{
    private const string SecretPrefix = "age-secret-key-";
    private const string RecipientPrefix = "age";
    private const int KeyBytes = 32;

    private readonly X25519PrivateKeyParameters key;

    private AgeIdentity(X25519PrivateKeyParameters key) => this.key = key;

    /// <summary>age1…</summary>
    public string Recipient => Bech32.Encode(RecipientPrefix, Public);

    internal byte[] Public => key.GeneratePublicKey().GetEncoded();

    public static AgeIdentity New() => new(new X25519PrivateKeyParameters(new SecureRandom()));

    /// <param name="text">AGE-SECRET-KEY-1…</param>
    /// <exception cref="FormatException">When it is none.</exception>
    public static AgeIdentity Parse(string text) =>
        Bech32.Decode(SecretPrefix, text.ToLowerInvariant()) is { Length: KeyBytes } bytes
            ? new(new X25519PrivateKeyParameters(bytes))
            : throw new FormatException("This is no identity of age.");

    /// <summary>AGE-SECRET-KEY-1…, as age reads it.</summary>
    public string ToSecret() => Bech32.Encode(SecretPrefix, key.GetEncoded()).ToUpperInvariant();

    internal static X25519PublicKeyParameters PublicOf(string recipient) =>
        Bech32.Decode(RecipientPrefix, recipient) is { Length: KeyBytes } bytes
            ? new(bytes)
            : throw new FormatException("This is no recipient of age.");

    /// <exception cref="InvalidOperationException">When the other half is none that anyone should have.</exception>
    internal byte[] Agree(X25519PublicKeyParameters other)
    {
        var secret = new byte[X25519PrivateKeyParameters.SecretSize];
        key.GenerateSecret(other, secret);
        return secret;
    }
}
