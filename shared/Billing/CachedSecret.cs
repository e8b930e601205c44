using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.Billing;

/// <summary>A secret of the vault, kept in memory for a while. A caller that has reason to think it was changed may ask again sooner, but
/// not so often that forged requests could be turned into a flood of requests to the vault.</summary>
internal sealed class CachedSecret(SecretVault vault, string name, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LifetimeMin = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private (string Value, long ReadAt)? _known;

    public Task<string> GetAsync(CancellationToken ct) => GetAsync(Lifetime, ct);

    public Task<string> RefreshAsync(CancellationToken ct) => GetAsync(LifetimeMin, ct);

    public void Dispose() => _reading.Dispose();

    // Age is measured by the monotonic clock: a corrected wall clock neither keeps a secret nor throws it away.
    private async Task<string> GetAsync(TimeSpan age, CancellationToken ct)
    {
        await _reading.WaitAsync(ct);
        try
        {
            if (_known is not { } known || clock.GetElapsedTime(known.ReadAt) > age)
            {
                var value = await vault.GetAsync(name, ct);
                if (string.IsNullOrWhiteSpace(value))
                {
                    throw new InvalidOperationException($"The vault has no value for '{name}': payments cannot be taken.");
                }

                _known = known = (value, clock.GetTimestamp());
            }

            return known.Value;
        }
        finally
        {
            _reading.Release();
        }
    }
}
