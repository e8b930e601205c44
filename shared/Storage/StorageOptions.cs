using System.ComponentModel.DataAnnotations;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace Launchpad.Shared.Storage;

/// <summary>Where tables and blobs are: either a connection string, which holds a key, or two addresses that are opened with the identity of
/// the process. Section "Storage".</summary>
public sealed record StorageOptions : IValidatableObject
{
    public const string Section = "Storage";

    public string? ConnectionString { get; init; }

    public Uri? TableServiceUri { get; init; }

    public Uri? BlobServiceUri { get; init; }

    /// <summary>For one attempt of one call: rows and certificates are small, so silence means that the answer is lost.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The account is opened with its key, and not with the identity of the process.</summary>
    public bool HasKey => !string.IsNullOrEmpty(ConnectionString);

    public TableServiceClient Tables(TokenCredential identity)
    {
        var client = new TableClientOptions { Retry = { NetworkTimeout = Timeout } };
        return HasKey ? new(ConnectionString, client) : new(TableServiceUri, identity, client);
    }

    public BlobServiceClient Blobs(TokenCredential identity)
    {
        var client = new BlobClientOptions { Retry = { NetworkTimeout = Timeout } };
        return HasKey ? new(ConnectionString, client) : new(BlobServiceUri, identity, client);
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var named = (TableServiceUri is null ? 0 : 1) + (BlobServiceUri is null ? 0 : 1);
        if (HasKey ? named > 0 : named < 2)
        {
            yield return new(
                "Set either Storage__ConnectionString or both Storage__TableServiceUri and Storage__BlobServiceUri.",
                [nameof(ConnectionString), nameof(TableServiceUri), nameof(BlobServiceUri)]);
        }
    }
}
