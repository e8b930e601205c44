using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Wire;

namespace Azure.Storage.Blobs.Specialized;

/// <summary>What can be done to a blob whatever its type: read it, look at it, delete it.</summary>
public class BlobBaseClient
{
    protected BlobBaseClient()
    {
    }

    internal BlobBaseClient(BlobService service, Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        Service = service;
        Uri = uri;
    }

    public virtual Uri Uri { get; }

    public virtual string AccountName => Service.AccountName;

    public virtual string BlobContainerName => BlobAddress.Of(Uri).Container;

    public virtual string Name => BlobAddress.Of(Uri).Blob;

    internal BlobService Service { get; }

    public virtual Response<BlobDownloadResult> DownloadContent() => DownloadContent(null, default);

    public virtual Response<BlobDownloadResult> DownloadContent(CancellationToken cancellationToken = default) =>
        DownloadContent(null, cancellationToken);

    public virtual Response<BlobDownloadResult> DownloadContent(
        BlobDownloadOptions options = null, CancellationToken cancellationToken = default) =>
        ContentAsync(options, false, cancellationToken).Completed();

    public virtual Task<Response<BlobDownloadResult>> DownloadContentAsync() => DownloadContentAsync(null, default);

    public virtual Task<Response<BlobDownloadResult>> DownloadContentAsync(CancellationToken cancellationToken) =>
        DownloadContentAsync(null, cancellationToken);

    public virtual async Task<Response<BlobDownloadResult>> DownloadContentAsync(
        BlobDownloadOptions options = null, CancellationToken cancellationToken = default) =>
        await ContentAsync(options, true, cancellationToken).ConfigureAwait(false);

    public virtual Response<BlobDownloadStreamingResult> DownloadStreaming(
        BlobDownloadOptions options = null, CancellationToken cancellationToken = default) =>
        StreamingAsync(options, false, cancellationToken).Completed();

    public virtual async Task<Response<BlobDownloadStreamingResult>> DownloadStreamingAsync(
        BlobDownloadOptions options = null, CancellationToken cancellationToken = default) =>
        await StreamingAsync(options, true, cancellationToken).ConfigureAwait(false);

    public virtual Response<bool> Exists(CancellationToken cancellationToken = default) =>
        ExistsAsync(false, cancellationToken).Completed();

    public virtual async Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default) =>
        await ExistsAsync(true, cancellationToken).ConfigureAwait(false);

    public virtual Response Delete(
        DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions conditions = null,
        CancellationToken cancellationToken = default) =>
        EraseAsync(snapshotsOption, conditions, false, cancellationToken, 202).Completed();

    public virtual async Task<Response> DeleteAsync(
        DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions conditions = null,
        CancellationToken cancellationToken = default) =>
        await EraseAsync(snapshotsOption, conditions, true, cancellationToken, 202).ConfigureAwait(false);

    public virtual Response<bool> DeleteIfExists(
        DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions conditions = null,
        CancellationToken cancellationToken = default) =>
        WasThere(EraseAsync(snapshotsOption, conditions, false, cancellationToken, 202, 404).Completed());

    public virtual async Task<Response<bool>> DeleteIfExistsAsync(
        DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions conditions = null,
        CancellationToken cancellationToken = default) =>
        WasThere(await EraseAsync(snapshotsOption, conditions, true, cancellationToken, 202, 404).ConfigureAwait(false));

    public virtual Response<BlobProperties> GetProperties(
        BlobRequestConditions conditions = null, CancellationToken cancellationToken = default) =>
        PropertiesAsync(conditions, false, cancellationToken).Completed();

    public virtual async Task<Response<BlobProperties>> GetPropertiesAsync(
        BlobRequestConditions conditions = null, CancellationToken cancellationToken = default) =>
        await PropertiesAsync(conditions, true, cancellationToken).ConfigureAwait(false);

    public virtual Response<BlobInfo> SetMetadata(
        IDictionary<string, string> metadata, BlobRequestConditions conditions = null, CancellationToken cancellationToken = default) =>
        MetadataAsync(metadata, conditions, false, cancellationToken).Completed();

    public virtual async Task<Response<BlobInfo>> SetMetadataAsync(
        IDictionary<string, string> metadata, BlobRequestConditions conditions = null, CancellationToken cancellationToken = default) =>
        await MetadataAsync(metadata, conditions, true, cancellationToken).ConfigureAwait(false);

    private async ValueTask<Response<BlobDownloadResult>> ContentAsync(
        BlobDownloadOptions options, bool async, CancellationToken cancellationToken)
    {
        using var message = Get(options, null);
        var response = await Service.SendOpenAsync(message, async, cancellationToken, 200, 206).ConfigureAwait(false);
        return Response.FromValue(new BlobDownloadResult(response.Content, new(response)), response);
    }

    private async ValueTask<Response<BlobDownloadStreamingResult>> StreamingAsync(
        BlobDownloadOptions options, bool async, CancellationToken cancellationToken)
    {
        using var message = Get(options, null);
        message.BufferResponse = false;
        var response = await Service.SendOpenAsync(message, async, cancellationToken, 200, 206).ConfigureAwait(false);
        BlobDownloadDetails details = new(response);
        ResumingStream content = new(message.ExtractResponseContent(), ReopenAsync);
        return Response.FromValue(new BlobDownloadStreamingResult(content, details), response);

        async ValueTask<Stream> ReopenAsync(long read, bool async, CancellationToken cancel)
        {
            var start = (options?.Range.Offset ?? 0) + read;
            HttpRange rest = new(start, options?.Range.Length - read);
            using var again = Get(new BlobDownloadOptions { Range = rest, Conditions = options?.Conditions }, details.ETag);
            again.BufferResponse = false;
            await Service.SendOpenAsync(again, async, cancel, 200, 206).ConfigureAwait(false);
            return again.ExtractResponseContent();
        }
    }

    private HttpMessage Get(BlobDownloadOptions options, ETag? unchangedSince)
    {
        var message = Service.Request(RequestMethod.Get, Uri);
        BlobService.Apply(message, options?.Conditions);
        BlobService.Set(message, "If-Match", unchangedSince?.ToString());
        var range = options?.Range ?? default;
        BlobService.Set(message, "x-ms-range", range == default ? null : range.ToString());
        return message;
    }

    private async ValueTask<Response<bool>> ExistsAsync(bool async, CancellationToken cancellationToken)
    {
        var message = Service.Request(RequestMethod.Head, Uri);
        var response = await Service.SendAsync(message, async, cancellationToken, 200, 404).ConfigureAwait(false);
        return Response.FromValue(response.Status is 200, response);
    }

    private async ValueTask<Response> EraseAsync(
        DeleteSnapshotsOption snapshots, BlobRequestConditions conditions, bool async, CancellationToken cancellationToken,
        params int[] accepted)
    {
        var message = Service.Request(RequestMethod.Delete, Uri);
        BlobService.Apply(message, conditions);
        BlobService.Set(message, "x-ms-delete-snapshots", snapshots switch
        {
            DeleteSnapshotsOption.IncludeSnapshots => "include",
            DeleteSnapshotsOption.OnlySnapshots => "only",
            _ => null,
        });
        return await Service.SendAsync(message, async, cancellationToken, accepted).ConfigureAwait(false);
    }

    private static Response<bool> WasThere(Response response) => Response.FromValue(response.Status is 202, response);

    private async ValueTask<Response<BlobProperties>> PropertiesAsync(
        BlobRequestConditions conditions, bool async, CancellationToken cancellationToken)
    {
        var message = Service.Request(RequestMethod.Head, Uri);
        BlobService.Apply(message, conditions);
        var response = await Service.SendAsync(message, async, cancellationToken, 200).ConfigureAwait(false);
        return Response.FromValue(new BlobProperties(response), response);
    }

    private async ValueTask<Response<BlobInfo>> MetadataAsync(
        IDictionary<string, string> metadata, BlobRequestConditions conditions, bool async, CancellationToken cancellationToken)
    {
        var message = Service.Request(RequestMethod.Put, Uri, ("comp", "metadata"));
        BlobService.Apply(message, metadata);
        BlobService.Apply(message, conditions);
        var response = await Service.SendAsync(message, async, cancellationToken, 200).ConfigureAwait(false);
        return Response.FromValue(new BlobInfo(response), response);
    }
}
