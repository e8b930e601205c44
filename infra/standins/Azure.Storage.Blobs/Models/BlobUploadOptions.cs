namespace Azure.Storage.Blobs.Models;

/// <summary>What an upload stores with the content, and on which conditions it may.</summary>
public class BlobUploadOptions
{
    public BlobUploadOptions()
    {
    }

    public BlobHttpHeaders HttpHeaders { get; set; }
    public IDictionary<string, string> Metadata { get; set; }
    public BlobRequestConditions Conditions { get; set; }
}
