namespace Azure.Storage.Blobs.Models;

/// <summary>When a request is to be carried out: what the blob must, or must not, be.</summary>
public class BlobRequestConditions : BlobLeaseRequestConditions
{
    public BlobRequestConditions()
    {
    }

    public string LeaseId { get; set; }
}

/// <summary>The conditions that do not need a lease.</summary>
public class BlobLeaseRequestConditions : RequestConditions
{
    public BlobLeaseRequestConditions()
    {
    }

    public string TagConditions { get; set; }
}
