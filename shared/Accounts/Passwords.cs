using System.Security.Cryptography;

namespace Launchpad.Shared.Accounts;

/// <summary>PBKDF2-HMAC-SHA256 at OWASP's 600,000 iterations. At most two hashes run at once: a burst of logins queues instead of
/// taking the machine away from everybody else, and past the queue's bound it is refused.</summary>
public sealed class Passwords : IDisposable
{
    private const int Iterations = 600_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const int QueueMax = 64;
    private static readonly string Unmatchable = Format(new byte[SaltBytes], new byte[HashBytes]);

    private readonly SemaphoreSlim running = new(2);
    private int queued;

    public async Task<string> HashAsync(string password, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Format(salt, await DeriveAsync(password, salt, ct));
    }

    /// <summary>Takes as long for an account that does not exist (<paramref name="stored"/> null) as for a wrong password.</summary>
    public async Task<bool> VerifyAsync(string password, string? stored, CancellationToken ct)
    {
        var parts = (stored ?? Unmatchable).Split('.');
        var hash = await DeriveAsync(password, Convert.FromBase64String(parts[1]), ct);
        return CryptographicOperations.FixedTimeEquals(hash, Convert.FromBase64String(parts[2])) && stored is not null;
    }

    public void Dispose() => running.Dispose();

    private static string Format(byte[] salt, byte[] hash) =>
        $"pbkdf2-sha256-{Iterations}.{Convert.ToBase64String(salt)}.{Convert.ToBase64String(hash)}";

    private async Task<byte[]> DeriveAsync(string password, byte[] salt, CancellationToken ct)
    {
        if (Interlocked.Increment(ref queued) > QueueMax)
        {
            Interlocked.Decrement(ref queued);
            throw new PasswordQueueFullException();
        }

        try
        {
            await running.WaitAsync(ct);
            try
            {
                return await Task.Run(
                    () => Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, HashBytes), ct);
            }
            finally
            {
                running.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref queued);
        }
    }
}

/// <summary>More sign-ins are waiting than will be answered in reasonable time.</summary>
public sealed class PasswordQueueFullException() : Exception("Too many sign-ins at once. Try again in a few seconds.");
