using Azure.Core;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Blobs.Wire;

namespace Azure.Storage.Blobs;

/// <summary>One blob that can be uploaded.</summary>
public class BlobClient : BlobBaseClient
{
    public BlobClient(string connectionString, string blobContainerName, string blobName)
        : this(connectionString, blobContainerName, blobName, null)
    {
    }

    public BlobClient(string connectionString, string blobContainerName, string blobName, BlobClientOptions options)
        : this(BlobService.Create(connectionString, options), blobContainerName, blobName)
    {
    }

    public BlobClient(Uri blobUri, StorageSharedKeyCredential credential, BlobClientOptions options = null)
        : this(BlobService.Create(credential, options), blobUri)
    {
    }

    public BlobClient(Uri blobUri, TokenCredential credential, BlobClientOptions options = null)
        : this(BlobService.Create(blobUri, credential, options), blobUri)
    {
    }

    protected BlobClient()
    {
    }

    internal BlobClient(BlobService service, Uri uri)
        : base(service, uri)
    {
    }

    private BlobClient((BlobService Service, Uri Endpoint) account, string container, string blob)
        : this(account.Service, BlobAddress.Append(account.Endpoint, container + "/" + BlobAddress.Escape(blob)))
    {
    }

    public virtual Response<BlobContentInfo> Upload(Stream content) => Upload(content, overwrite: false);

    public virtual Response<BlobContentInfo> Upload(Stream content, CancellationToken cancellationToken) =>
        Upload(content, overwrite: false, cancellationToken);

    public virtual Response<BlobContentInfo> Upload(
        Stream content, bool overwrite = false, CancellationToken cancellationToken = default) =>
        Upload(content, Only(overwrite), cancellationToken);

    public virtual Response<BlobContentInfo> Upload(
        Stream content, BlobUploadOptions options, CancellationToken cancellationToken = default) =>
        new Wire.Upload(Service, Uri, options).RunAsync(content, false, cancellationToken).Completed();

    public virtual Response<BlobContentInfo> Upload(BinaryData content) => Upload(content, overwrite: false);

    public virtual Response<BlobContentInfo> Upload(BinaryData content, CancellationToken cancellationToken) =>
        Upload(content, overwrite: false, cancellationToken);

    public virtual Response<BlobContentInfo> Upload(
        BinaryData content, bool overwrite = false, CancellationToken cancellationToken = default) =>
        Upload(content, Only(overwrite), cancellationToken);

    public virtual Response<BlobContentInfo> Upload(
        BinaryData content, BlobUploadOptions options, CancellationToken cancellationToken = default) =>
        Upload(content.ToStream(), options, cancellationToken);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(Stream content) => UploadAsync(content, overwrite: false);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(Stream content, CancellationToken cancellationToken) =>
        UploadAsync(content, overwrite: false, cancellationToken);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(
        Stream content, bool overwrite = false, CancellationToken cancellationToken = default) =>
        UploadAsync(content, Only(overwrite), cancellationToken);

    public virtual async Task<Response<BlobContentInfo>> UploadAsync(
        Stream content, BlobUploadOptions options, CancellationToken cancellationToken = default) =>
        await new Wire.Upload(Service, Uri, options).RunAsync(content, true, cancellationToken).ConfigureAwait(false);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(BinaryData content) => UploadAsync(content, overwrite: false);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(BinaryData content, CancellationToken cancellationToken) =>
        UploadAsync(content, overwrite: false, cancellationToken);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(
        BinaryData content, bool overwrite = false, CancellationToken cancellationToken = default) =>
        UploadAsync(content, Only(overwrite), cancellationToken);

    public virtual Task<Response<BlobContentInfo>> UploadAsync(
        BinaryData content, BlobUploadOptions options, CancellationToken cancellationToken = default) =>
        UploadAsync(content.ToStream(), options, cancellationToken);

    /// <summary>Without `overwrite` the service itself refuses a blob that is there: 409 BlobAlreadyExists.</summary>
    private static BlobUploadOptions Only(bool overwrite) => new()
    {
        Conditions = overwrite ? null : new BlobRequestConditions { IfNoneMatch = ETag.All },
    };
}
