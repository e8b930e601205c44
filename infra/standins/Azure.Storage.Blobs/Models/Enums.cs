namespace Azure.Storage.Blobs.Models;

/// <summary>What a listing tells about each blob.</summary>
[Flags]
public enum BlobTraits
{
    None = 0,
    CopyStatus = 1,
    Metadata = 2,
    Tags = 4,
    ImmutabilityPolicy = 8,
    LegalHold = 16,
    All = -1,
}

/// <summary>Which blobs a listing shows besides the ordinary ones.</summary>
[Flags]
public enum BlobStates
{
    None = 0,
    Snapshots = 1,
    Uncommitted = 2,
    Deleted = 4,
    Version = 8,
    DeletedWithVersions = 16,
    All = -1,
}

/// <summary>What happens to a blob's snapshots when it is deleted.</summary>
public enum DeleteSnapshotsOption
{
    None = 0,
    IncludeSnapshots = 1,
    OnlySnapshots = 2,
}

/// <summary>Who may read a container without authenticating.</summary>
public enum PublicAccessType
{
    None = 0,
    BlobContainer = 1,
    Blob = 2,
}

/// <summary>How a blob is stored.</summary>
public enum BlobType
{
    Block = 0,
    Page = 1,
    Append = 2,
}
