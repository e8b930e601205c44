namespace Azure.Storage.Blobs.Models;

/// <summary>The encryption scope of a new container.</summary>
public class BlobContainerEncryptionScopeOptions
{
    public BlobContainerEncryptionScopeOptions()
    {
    }

    public string DefaultEncryptionScope { get; set; }
    public bool PreventEncryptionScopeOverride { get; set; }
}
