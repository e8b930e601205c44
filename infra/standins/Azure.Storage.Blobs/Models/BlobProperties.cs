using System.Globalization;
using Azure.Storage.Blobs.Wire;

namespace Azure.Storage.Blobs.Models;

/// <summary>A blob's properties and metadata.</summary>
public class BlobProperties
{
    public BlobProperties()
    {
    }

    internal BlobProperties(Response response)
    {
        LastModified = response.Time("Last-Modified");
        CreatedOn = response.Time("x-ms-creation-time");
        Metadata = response.Metadata();
        BlobType = BlobTypes.Parse(response.Text("x-ms-blob-type"));
        ContentLength = long.Parse(response.Text("Content-Length") ?? "0", CultureInfo.InvariantCulture);
        ContentType = response.Text("Content-Type");
        ContentHash = response.Bytes("Content-MD5");
        ContentEncoding = response.Text("Content-Encoding");
        ContentLanguage = response.Text("Content-Language");
        ContentDisposition = response.Text("Content-Disposition");
        CacheControl = response.Text("Cache-Control");
        ETag = response.Tag();
        VersionId = response.Text("x-ms-version-id");
    }

    public DateTimeOffset LastModified { get; internal set; }
    public DateTimeOffset CreatedOn { get; internal set; }
    public IDictionary<string, string> Metadata { get; internal set; }
    public BlobType BlobType { get; internal set; }
    public long ContentLength { get; internal set; }
    public string ContentType { get; internal set; }
    public byte[] ContentHash { get; internal set; }
    public string ContentEncoding { get; internal set; }
    public string ContentLanguage { get; internal set; }
    public string ContentDisposition { get; internal set; }
    public string CacheControl { get; internal set; }
    public ETag ETag { get; internal set; }
    public string VersionId { get; internal set; }
}

internal static class BlobTypes
{
    public static BlobType Parse(string text) => text switch
    {
        "PageBlob" => BlobType.Page,
        "AppendBlob" => BlobType.Append,
        _ => BlobType.Block,
    };
}
