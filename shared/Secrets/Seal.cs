using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Secrets;

/// <summary>Keeps what is secret outside the vault, under a key that is nowhere else: AES-256-GCM, bound to what it is for.</summary>
public sealed class Seal(SecretVault vault, Tables tables, TimeProvider clock)
{
    private const string KeyName = "launchpad-sealing-key";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly ProductKeys keys = new(vault, tables, clock);

    /// <param name="purpose">What it is for, and whose: it opens for nothing else.</param>
    /// <param name="plain">The secret.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>base64url.</returns>
    public async Task<string> CloseAsync(string purpose, ReadOnlyMemory<byte> plain, CancellationToken ct)
    {
        using var cipher = new AesGcm(await KeyAsync(ct), TagBytes);
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        cipher.Encrypt(box.AsSpan(0, NonceBytes), plain.Span, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(NonceBytes + plain.Length), Bytes(purpose));
        return Base64Url.EncodeToString(box);
    }

    /// <summary>Null for what was not sealed here for this purpose.</summary>
    public async Task<byte[]?> OpenAsync(string purpose, string? text, CancellationToken ct)
    {
        if (text is null || !Base64Url.IsValid(text, out var length) || length < NonceBytes + TagBytes)
        {
            return null;
        }

        using var cipher = new AesGcm(await KeyAsync(ct), TagBytes);
        var box = Base64Url.DecodeFromChars(text);
        var plain = new byte[box.Length - NonceBytes - TagBytes];
        try
        {
            cipher.Decrypt(box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes, plain.Length), box.AsSpan(NonceBytes + plain.Length), plain, Bytes(purpose));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private async Task<byte[]> KeyAsync(CancellationToken ct) => Convert.FromBase64String(await keys.GetAsync(KeyName, Make, ct));

    private static string Make() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static byte[] Bytes(string purpose) => Encoding.UTF8.GetBytes(purpose);
}
