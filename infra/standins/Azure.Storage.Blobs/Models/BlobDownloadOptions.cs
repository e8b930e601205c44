namespace Azure.Storage.Blobs.Models;

/// <summary>Which part of a blob to download, and on which conditions.</summary>
public class BlobDownloadOptions
{
    public BlobDownloadOptions()
    {
    }

    public HttpRange Range { get; set; }
    public BlobRequestConditions Conditions { get; set; }
}
