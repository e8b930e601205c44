using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Wire;

namespace Azure.Storage.Blobs;

/// <summary>One container and the blobs in it.</summary>
public class BlobContainerClient
{
    private readonly BlobService _service;

    public BlobContainerClient(string connectionString, string blobContainerName)
        : this(connectionString, blobContainerName, null)
    {
    }

    public BlobContainerClient(string connectionString, string blobContainerName, BlobClientOptions options)
    {
        (_service, var endpoint) = BlobService.Create(connectionString, options);
        Uri = BlobAddress.Append(endpoint, blobContainerName);
    }

    public BlobContainerClient(Uri blobContainerUri, StorageSharedKeyCredential credential, BlobClientOptions options = null)
        : this(BlobService.Create(credential, options), blobContainerUri)
    {
    }

    public BlobContainerClient(Uri blobContainerUri, TokenCredential credential, BlobClientOptions options = null)
        : this(BlobService.Create(blobContainerUri, credential, options), blobContainerUri)
    {
    }

    protected BlobContainerClient()
    {
    }

    internal BlobContainerClient(BlobService service, Uri uri) => (_service, Uri) = (service, uri);

    public virtual string AccountName => _service.AccountName;

    public virtual string Name => BlobAddress.Of(Uri).Container;

    public virtual Uri Uri { get; }

    public virtual BlobClient GetBlobClient(string blobName) => new(_service, BlobAddress.Append(Uri, BlobAddress.Escape(blobName)));

    /// <summary>Null when the container was there already, as in the real package.</summary>
    public virtual Response<BlobContainerInfo> CreateIfNotExists(
        PublicAccessType publicAccessType = PublicAccessType.None, IDictionary<string, string> metadata = null,
        BlobContainerEncryptionScopeOptions encryptionScopeOptions = null, CancellationToken cancellationToken = default) =>
        CreateAsync(publicAccessType, metadata, encryptionScopeOptions, false, cancellationToken).Completed();

    public virtual async Task<Response<BlobContainerInfo>> CreateIfNotExistsAsync(
        PublicAccessType publicAccessType = PublicAccessType.None, IDictionary<string, string> metadata = null,
        BlobContainerEncryptionScopeOptions encryptionScopeOptions = null, CancellationToken cancellationToken = default) =>
        await CreateAsync(publicAccessType, metadata, encryptionScopeOptions, true, cancellationToken).ConfigureAwait(false);

    public virtual Response<bool> Exists(CancellationToken cancellationToken = default) =>
        ExistsAsync(false, cancellationToken).Completed();

    public virtual async Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default) =>
        await ExistsAsync(true, cancellationToken).ConfigureAwait(false);

    public virtual Response<bool> DeleteIfExists(BlobRequestConditions conditions = null, CancellationToken cancellationToken = default) =>
        DeleteAsync(conditions, false, cancellationToken).Completed();

    public virtual async Task<Response<bool>> DeleteIfExistsAsync(
        BlobRequestConditions conditions = null, CancellationToken cancellationToken = default) =>
        await DeleteAsync(conditions, true, cancellationToken).ConfigureAwait(false);

    public virtual Pageable<BlobItem> GetBlobs(
        BlobTraits traits = BlobTraits.None, BlobStates states = BlobStates.None, string prefix = null,
        CancellationToken cancellationToken = default) => new BlobPages(_service, Uri, traits, states, prefix, cancellationToken).Sync();

    public virtual AsyncPageable<BlobItem> GetBlobsAsync(
        BlobTraits traits = BlobTraits.None, BlobStates states = BlobStates.None, string prefix = null,
        CancellationToken cancellationToken = default) => new BlobPages(_service, Uri, traits, states, prefix, cancellationToken).Async();

    public virtual Response<bool> DeleteBlobIfExists(
        string blobName, DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions conditions = null,
        CancellationToken cancellationToken = default) =>
        GetBlobClient(blobName).DeleteIfExists(snapshotsOption, conditions, cancellationToken);

    public virtual Task<Response<bool>> DeleteBlobIfExistsAsync(
        string blobName, DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None, BlobRequestConditions conditions = null,
        CancellationToken cancellationToken = default) =>
        GetBlobClient(blobName).DeleteIfExistsAsync(snapshotsOption, conditions, cancellationToken);

    private HttpMessage Request(RequestMethod method) => _service.Request(method, Uri, ("restype", "container"));

    private async ValueTask<Response<BlobContainerInfo>> CreateAsync(
        PublicAccessType access, IDictionary<string, string> metadata, BlobContainerEncryptionScopeOptions encryption, bool async,
        CancellationToken cancellationToken)
    {
        var message = Request(RequestMethod.Put);
        BlobService.Apply(message, metadata);
        BlobService.Set(message, "x-ms-blob-public-access", access switch
        {
            PublicAccessType.BlobContainer => "container",
            PublicAccessType.Blob => "blob",
            _ => null,
        });
        BlobService.Set(message, "x-ms-default-encryption-scope", encryption?.DefaultEncryptionScope);
        BlobService.Set(message, "x-ms-deny-encryption-scope-override", encryption?.PreventEncryptionScopeOverride is true ? "true" : null);
        try
        {
            var response = await _service.SendAsync(message, async, cancellationToken, 201).ConfigureAwait(false);
            return Response.FromValue(new BlobContainerInfo(response), response);
        }
        catch (RequestFailedException failed) when (failed.ErrorCode == BlobErrorCode.ContainerAlreadyExists)
        {
            return null;
        }
    }

    private async ValueTask<Response<bool>> ExistsAsync(bool async, CancellationToken cancellationToken)
    {
        var message = Request(RequestMethod.Head);
        var response = await _service.SendAsync(message, async, cancellationToken, 200, 404).ConfigureAwait(false);
        return Response.FromValue(response.Status is 200, response);
    }

    private async ValueTask<Response<bool>> DeleteAsync(BlobRequestConditions conditions, bool async, CancellationToken cancellationToken)
    {
        var message = Request(RequestMethod.Delete);
        BlobService.Apply(message, conditions);
        var response = await _service.SendAsync(message, async, cancellationToken, 202, 404).ConfigureAwait(false);
        return Response.FromValue(response.Status is 202, response);
    }
}
