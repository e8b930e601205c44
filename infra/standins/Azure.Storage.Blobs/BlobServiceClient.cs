using Azure.Core;
using Azure.Storage.Blobs.Wire;

namespace Azure.Storage.Blobs;

/// <summary>The containers of one storage account.</summary>
public class BlobServiceClient
{
    private readonly BlobService _service;

    public BlobServiceClient(string connectionString)
        : this(connectionString, null)
    {
    }

    public BlobServiceClient(string connectionString, BlobClientOptions options) =>
        (_service, Uri) = BlobService.Create(connectionString, options);

    public BlobServiceClient(Uri serviceUri, StorageSharedKeyCredential credential, BlobClientOptions options = null) =>
        (_service, Uri) = (BlobService.Create(credential, options), serviceUri);

    public BlobServiceClient(Uri serviceUri, TokenCredential credential, BlobClientOptions options = null) =>
        (_service, Uri) = (BlobService.Create(serviceUri, credential, options), serviceUri);

    protected BlobServiceClient()
    {
    }

    public virtual string AccountName => _service.AccountName;

    public virtual Uri Uri { get; }

    public virtual BlobContainerClient GetBlobContainerClient(string blobContainerName) =>
        new(_service, BlobAddress.Append(Uri, blobContainerName));
}
