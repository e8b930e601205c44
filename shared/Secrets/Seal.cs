using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Secrets;

/// <summary>Keeps what is secret outside the vault: AES-256-GCM, bound to what it is for, under a key that is nowhere else. Each year has a key
/// of its own, which is made when something is first sealed in it; what is sealed names its year.</summary>
public sealed class Seal(SecretVault vault, Tables tables, TimeProvider clock)
{
    /// <summary>Of what names no year: it was sealed before there was more than one key.</summary>
    private const string FirstKeyName = "launchpad-sealing-key";

    private const int FirstYear = 2026;
    private const int YearDigits = 4;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(30);

    /// <summary>How much earlier than here a year may have begun for who has sealed it.</summary>
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromHours(1);

    private readonly ProductKeys keys = new(vault, tables, clock);

    private int Year => clock.GetUtcNow().Year;

    /// <summary>Whether it was sealed with another year's key: whoever keeps it for long seals it anew when he has opened it.</summary>
    public bool IsOld(string text) => YearOf(text) != Year;

    /// <param name="purpose">What it is for, and whose: it opens for nothing else.</param>
    /// <param name="plain">The secret.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>The year, a dot, and the rest as base64url.</returns>
    public async Task<string> CloseAsync(string purpose, ReadOnlyMemory<byte> plain, CancellationToken ct)
    {
        var year = Year;
        using var cipher = new AesGcm(Convert.FromBase64String(await keys.GetAsync(NameOf(year), Make, ct)), TagBytes);
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        cipher.Encrypt(box.AsSpan(0, NonceBytes), plain.Span, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(NonceBytes + plain.Length), Bytes(purpose));
        return string.Create(CultureInfo.InvariantCulture, $"{year}.{Base64Url.EncodeToString(box)}");
    }

    /// <summary>Null for what was not sealed here for this purpose, or with a key that is gone.</summary>
    public async Task<byte[]?> OpenAsync(string purpose, string? text, CancellationToken ct)
    {
        if (text is null || YearOf(text) is not { } year || year > (clock.GetUtcNow() + ClocksDiffer).Year)
        {
            return null;
        }

        var said = text.AsMemory(year == 0 ? 0 : YearDigits + 1);
        if (!Base64Url.IsValid(said.Span, out var length) || length < NonceBytes + TagBytes
            || await vault.RecallAsync(NameOf(year), Keep, ct) is not { } key)
        {
            return null;
        }

        using var cipher = new AesGcm(Convert.FromBase64String(key), TagBytes);
        var box = Base64Url.DecodeFromChars(said.Span);
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

    /// <summary>0 for what names none; null for what names one that never had a key.</summary>
    private static int? YearOf(string text) => text.IndexOf('.', StringComparison.Ordinal) switch
    {
        < 0 => 0,
        YearDigits when int.TryParse(text.AsSpan(0, YearDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year >= FirstYear => year,
        _ => null,
    };

    private static string NameOf(int year) =>
        year == 0 ? FirstKeyName : string.Create(CultureInfo.InvariantCulture, $"{FirstKeyName}-{year}");

    private static string Make() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static byte[] Bytes(string purpose) => Encoding.UTF8.GetBytes(purpose);
}
