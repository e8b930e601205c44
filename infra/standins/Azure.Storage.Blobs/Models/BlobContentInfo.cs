using Azure.Storage.Blobs.Wire;

namespace Azure.Storage.Blobs.Models;

/// <summary>What the service says of content that it has just stored.</summary>
public class BlobContentInfo
{
    internal BlobContentInfo(Response response) =>
        (ETag, LastModified, ContentHash, VersionId) =
        (response.Tag(), response.Time("Last-Modified"), response.Bytes("Content-MD5"), response.Text("x-ms-version-id"));

    public ETag ETag { get; internal set; }
    public DateTimeOffset LastModified { get; internal set; }
    public byte[] ContentHash { get; internal set; }
    public string VersionId { get; internal set; }
}

/// <summary>What the service says of a blob whose metadata has changed.</summary>
public class BlobInfo
{
    internal BlobInfo(Response response) =>
        (ETag, LastModified, VersionId) = (response.Tag(), response.Time("Last-Modified"), response.Text("x-ms-version-id"));

    public ETag ETag { get; internal set; }
    public DateTimeOffset LastModified { get; internal set; }
    public string VersionId { get; internal set; }
}

/// <summary>What the service says of a container that it has just created.</summary>
public class BlobContainerInfo
{
    internal BlobContainerInfo(Response response) => (ETag, LastModified) = (response.Tag(), response.Time("Last-Modified"));

    public ETag ETag { get; internal set; }
    public DateTimeOffset LastModified { get; internal set; }
}
