using Azure.Core;

namespace Azure.Storage.Blobs;

/// <summary>Retries, transport and service version of the blob clients.</summary>
public class BlobClientOptions : ClientOptions
{
    private const int Retries = 5;

    public BlobClientOptions(ServiceVersion version = ServiceVersion.V2025_05_05)
    {
        Version = Enum.IsDefined(version) ? version : throw new ArgumentOutOfRangeException(nameof(version));
        Retry.MaxRetries = Retries;
    }

    public ServiceVersion Version { get; }

    internal string VersionString => Version.ToString()[1..].Replace('_', '-');

    /// <summary>The REST version a client speaks.</summary>
    public enum ServiceVersion
    {
        V2024_02_04 = 21,
        V2024_05_04 = 22,
        V2024_08_04 = 23,
        V2024_11_04 = 24,
        V2025_01_05 = 25,
        V2025_05_05 = 26,
    }
}
