using System.Globalization;
using Azure.Storage.Blobs.Wire;

namespace Azure.Storage.Blobs.Models;

/// <summary>A downloaded blob, whole.</summary>
public class BlobDownloadResult
{
    internal BlobDownloadResult(BinaryData content, BlobDownloadDetails details) => (Content, Details) = (content, details);

    public BinaryData Content { get; internal set; }
    public BlobDownloadDetails Details { get; internal set; }
}

/// <summary>A blob that is being downloaded; dispose it to end the download.</summary>
public class BlobDownloadStreamingResult : IDisposable
{
    internal BlobDownloadStreamingResult(Stream content, BlobDownloadDetails details) => (Content, Details) = (content, details);

    public Stream Content { get; internal set; }
    public BlobDownloadDetails Details { get; internal set; }

    public void Dispose()
    {
        Content?.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>What the service says of a blob that it sends.</summary>
public class BlobDownloadDetails
{
    public BlobDownloadDetails()
    {
    }

    internal BlobDownloadDetails(Response response)
    {
        BlobType = BlobTypes.Parse(response.Text("x-ms-blob-type"));
        ContentLength = long.Parse(response.Text("Content-Length") ?? "0", CultureInfo.InvariantCulture);
        ContentType = response.Text("Content-Type");
        ContentHash = response.Bytes("Content-MD5");
        ContentRange = response.Text("Content-Range");
        ContentEncoding = response.Text("Content-Encoding");
        LastModified = response.Time("Last-Modified");
        CreatedOn = response.Time("x-ms-creation-time");
        Metadata = response.Metadata();
        ETag = response.Tag();
        VersionId = response.Text("x-ms-version-id");
    }

    public BlobType BlobType { get; internal set; }
    public long ContentLength { get; internal set; }
    public string ContentType { get; internal set; }
    public byte[] ContentHash { get; internal set; }
    public string ContentRange { get; internal set; }
    public string ContentEncoding { get; internal set; }
    public DateTimeOffset LastModified { get; internal set; }
    public DateTimeOffset CreatedOn { get; internal set; }
    public IDictionary<string, string> Metadata { get; internal set; }
    public ETag ETag { get; internal set; }
    public string VersionId { get; internal set; }
}
