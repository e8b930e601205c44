using System.Security.Cryptography;

namespace Launchpad.Shared.Accounts;

/// <summary>PBKDF2-HMAC-SHA256 at OWASP's 600,000 iterations. At most two hashes run at once: a burst of logins queues, in a lane of its
/// own (ADR 18), instead of taking the machine away from everybody else, and past the queue's bound it is refused.</summary>
public sealed class Passwords
{
    private const int Iterations = 600_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const int LaneMax = 16;
    private const int QueueMax = 512;
    private static readonly string Unmatchable = Format(new byte[SaltBytes], new byte[HashBytes]);

    private readonly FairQueue hashing = new(running: 2, LaneMax, QueueMax);

    /// <param name="lane">For whom it is.</param>
    public async Task<string> HashAsync(string password, string lane, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Format(salt, await DeriveAsync(password, salt, lane, ct));
    }

    /// <summary>Takes as long for an account that does not exist (<paramref name="stored"/> null) as for a wrong password.</summary>
    public async Task<bool> VerifyAsync(string password, string? stored, string lane, CancellationToken ct)
    {
        var parts = (stored ?? Unmatchable).Split('.');
        var hash = await DeriveAsync(password, Convert.FromBase64String(parts[1]), lane, ct);
        return CryptographicOperations.FixedTimeEquals(hash, Convert.FromBase64String(parts[2])) && stored is not null;
    }

    private static string Format(byte[] salt, byte[] hash) =>
        $"pbkdf2-sha256-{Iterations}.{Convert.ToBase64String(salt)}.{Convert.ToBase64String(hash)}";

    private Task<byte[]> DeriveAsync(string password, byte[] salt, string lane, CancellationToken ct) => hashing.RunAsync(
        lane, () => Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, HashBytes), ct);
}
