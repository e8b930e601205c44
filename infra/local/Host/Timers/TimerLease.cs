using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace Launchpad.Host.Timers;

/// <summary>Of all hosts of an app one holds the lease, and it alone fires the timers. Whoever comes back under the same name need not
/// wait for its own lease of before to run out.</summary>
internal sealed class TimerLease(BlobContainerClient container, string host, string name, TimeProvider time, ILogger<TimerLease> logger)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly BlobClient _blob = container.GetBlobClient($"locks/{host}/timers");

    /// <summary>Runs the work while this host holds the lease, again each time that it gets it, until it is stopped.</summary>
    /// <param name="work">Is cancelled when the lease is lost. It ends by itself when the host stops.</param>
    /// <param name="stop">Waits for the work, which has less time than the lease, and gives the lease back.</param>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken stop)
    {
        var lease = _blob.GetBlobLeaseClient(Id(name));
        while (!stop.IsCancellationRequested)
        {
            if (!await TryAsync(() => TakeAsync(lease, stop)))
            {
                await Task.Delay(Retry, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            using var lost = new CancellationTokenSource();
            var working = work(lost.Token);
            await HoldAsync(lease, stop);
            if (!stop.IsCancellationRequested)
            {
                logger.LogWarning("The lease of the timers is lost");
                await lost.CancelAsync();
            }

            await working;
        }

        await TryAsync(() => lease.ReleaseAsync(cancellationToken: CancellationToken.None));
    }

    private async Task TakeAsync(BlobLeaseClient lease, CancellationToken stop)
    {
        await container.CreateIfNotExistsAsync(cancellationToken: stop);
        if (!await _blob.ExistsAsync(stop))
        {
            await TryAsync(() => _blob.UploadAsync(BinaryData.FromString(""), stop));
        }

        await lease.AcquireAsync(Length, cancellationToken: stop);
    }

    /// <summary>Until the lease cannot be renewed before it ends, or the host stops.</summary>
    private async Task HoldAsync(BlobLeaseClient lease, CancellationToken stop)
    {
        for (var renewed = time.GetTimestamp(); !stop.IsCancellationRequested;)
        {
            await Task.Delay(Renewal, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (await TryAsync(() => lease.RenewAsync(cancellationToken: stop)))
            {
                renewed = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(renewed) > Length - Renewal)
            {
                return;
            }
        }
    }

    private async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception failure) when (failure is RequestFailedException or OperationCanceledException or AggregateException)
        {
            logger.LogDebug(failure, "The lease of the timers");
            return false;
        }
    }

    // The store compares ids: one name, one id.
    private static string Id(string name) =>
        new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)).ToString();
}
