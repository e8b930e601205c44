using System.Diagnostics.Metrics;
using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Caching.Memory;

namespace Launchpad.Shared.Secrets;

/// <summary>The values of secrets, by name. What is erased is gone for good: deleted and purged, not kept for recovery.</summary>
public sealed class SecretVault(SecretClient client) : IDisposable
{
    private const int RememberedMax = 1_000;
    private const int Absent = 404;
    private const int Conflict = 409;
    private static readonly Counter<long> Reads =
        Telemetry.Meter.CreateCounter<long>("launchpad.vault.reads", "{read}", "Values that the vault was asked for.");

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    // Purging takes the vault a moment, during which it refuses the name.
    private static readonly TimeSpan PurgeMax = TimeSpan.FromSeconds(60);

    // In memory only, like the vault's answer itself.
    private readonly MemoryCache _remembered = new(new MemoryCacheOptions { SizeLimit = RememberedMax });

    /// <summary>Returns the version. A name that was deleted but not yet purged is purged first: nobody asks for its old value.</summary>
    public async Task<string> SetAsync(string name, string value, CancellationToken ct)
    {
        using var deadline = Deadline(ct);
        while (true)
        {
            try
            {
                var version = (await client.SetSecretAsync(name, value, ct)).Value.Properties.Version;
                Forget(name);
                return version;
            }
            catch (RequestFailedException refused) when (refused.Status == Conflict && !deadline.IsCancellationRequested)
            {
                await EraseAsync(name, ct);
                await Task.Delay(Poll, ct);
            }
        }
    }

    /// <summary>Null when there is no such secret.</summary>
    public async Task<string?> GetAsync(string name, CancellationToken ct)
    {
        Reads.Add(1);
        try
        {
            return (await client.GetSecretAsync(name, cancellationToken: ct)).Value.Value;
        }
        catch (RequestFailedException missing) when (missing.Status == Absent)
        {
            return null;
        }
    }

    /// <summary>Gets back what somebody deleted, as long as it was not purged. Null when there is nothing to get back.</summary>
    public async Task<string?> RecoverAsync(string name, CancellationToken ct)
    {
        try
        {
            await (await client.StartRecoverDeletedSecretAsync(name, ct)).WaitForCompletionAsync(Poll, ct);
        }
        catch (RequestFailedException missing) when (missing.Status == Absent)
        {
            return null;
        }

        return await GetAsync(name, ct);
    }

    /// <summary>What the vault says of each of its secrets, but for the value.</summary>
    public IAsyncEnumerable<SecretProperties> ListAsync(CancellationToken ct) => client.GetPropertiesOfSecretsAsync(ct);

    /// <summary>As it was when it was last read, if that is not too long ago: for what does not change, or whose reader can tell.</summary>
    public async Task<string?> RecallAsync(string name, TimeSpan keep, CancellationToken ct)
    {
        if (!_remembered.TryGetValue(name, out string? value) && (value = await GetAsync(name, ct)) is not null)
        {
            _remembered.Set(name, value, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = keep });
        }

        return value;
    }

    /// <summary>Whoever recalls it next asks the vault.</summary>
    public void Forget(string name) => _remembered.Remove(name);

    public void Dispose() => _remembered.Dispose();

    /// <summary>Does nothing when there is no such secret, and finishes an erasure that was interrupted.</summary>
    public async Task EraseAsync(string name, CancellationToken ct)
    {
        using var deadline = Deadline(ct);
        try
        {
            await DeleteAsync(name, deadline.Token);
            Forget(name);
            await PurgeAsync(name, deadline.Token);
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"The vault has not erased '{name}' within {PurgeMax.TotalSeconds} seconds.", late);
        }
    }

    private async Task DeleteAsync(string name, CancellationToken ct)
    {
        try
        {
            var deletion = await client.StartDeleteSecretAsync(name, ct);
            await deletion.WaitForCompletionAsync(Poll, ct);
        }
        catch (RequestFailedException missing) when (missing.Status == Absent)
        {
            // Never there, or deleted by an earlier attempt, which may have died before it purged.
        }
    }

    private async Task PurgeAsync(string name, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await client.PurgeDeletedSecretAsync(name, ct);
                return;
            }
            catch (RequestFailedException missing) when (missing.Status == Absent)
            {
                return;
            }
            catch (RequestFailedException busy) when (busy.Status == Conflict)
            {
                await Task.Delay(Poll, ct);
            }
        }
    }

    private static CancellationTokenSource Deadline(CancellationToken ct)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(PurgeMax);
        return deadline;
    }
}
