using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;

namespace Launchpad.Host.Timers;

/// <summary>What is remembered of each timer: a small blob beside those that the Azure Functions host keeps, in the same form.</summary>
internal sealed class TimerRecords(BlobContainerClient container, string host, ILogger<TimerRecords> logger)
{
    public async Task<TimerStatus?> ReadAsync(string function, CancellationToken cancellation)
    {
        try
        {
            var content = await BlobOf(function).DownloadContentAsync(cancellation);
            return content.Value.Content.ToObjectFromJson<TimerStatus>();
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (JsonException damage)
        {
            logger.LogError(damage, "The record of timer {Function} cannot be read and begins anew", function);
            return null;
        }
    }

    public Task WriteAsync(string function, TimerStatus status, CancellationToken cancellation) =>
        BlobOf(function).UploadAsync(BinaryData.FromObjectAsJson(status), overwrite: true, cancellation);

    private BlobClient BlobOf(string function) => container.GetBlobClient($"timers/{host}/{function}/status");
}
