using System.Globalization;
using System.Security.Cryptography;

namespace Launchpad.Shared.Accounts;

/// <summary>PBKDF2-HMAC-SHA256 at OWASP's 600,000 iterations. At most half the cores hash: a burst of logins queues, in a lane of its own
/// (ADR 18), instead of taking the machine away from everybody else, and past the queue's bound it is refused.</summary>
public sealed class Passwords
{
    private const string Scheme = "pbkdf2-sha256-";
    private const int Iterations = 600_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const int LaneMax = 16;
    private const int QueueMax = 512;
    private static readonly string Unmatchable = Format(new byte[SaltBytes], new byte[HashBytes]);

    /// <summary>How many hashes run at once on this machine.</summary>
    public static int AtOnce { get; } = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly FairQueue hashing = new(AtOnce, LaneMax, QueueMax);

    /// <param name="lane">For whom it is.</param>
    public async Task<string> HashAsync(string password, string lane, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Format(salt, await DeriveAsync(password, salt, Iterations, lane, ct));
    }

    /// <summary>By as many iterations as it was made with. Takes as long for an account that does not exist (<paramref name="stored"/> null) as for a wrong password.</summary>
    public async Task<bool> VerifyAsync(string password, string? stored, string lane, CancellationToken ct)
    {
        var parts = (stored ?? Unmatchable).Split('.');
        var iterations = int.Parse(parts[0].AsSpan(Scheme.Length), NumberStyles.None, CultureInfo.InvariantCulture);
        var hash = await DeriveAsync(password, Convert.FromBase64String(parts[1]), iterations, lane, ct);
        return CryptographicOperations.FixedTimeEquals(hash, Convert.FromBase64String(parts[2])) && stored is not null;
    }

    /// <summary>In its one form; and as it was typed, for passwords of before there was one.</summary>
    /// <inheritdoc cref="VerifyAsync"/>
    public async Task<bool> IsRightAsync(string typed, string? stored, string lane, CancellationToken ct)
    {
        var password = PasswordRules.Normalize(typed);
        return await VerifyAsync(password, stored, lane, ct) || (password != typed && await VerifyAsync(typed, stored, lane, ct));
    }

    private static string Format(byte[] salt, byte[] hash) =>
        $"{Scheme}{Iterations}.{Convert.ToBase64String(salt)}.{Convert.ToBase64String(hash)}";

    private Task<byte[]> DeriveAsync(string password, byte[] salt, int iterations, string lane, CancellationToken ct) => hashing.RunAsync(
        lane, () => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, HashBytes), ct);
}
