using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Backups;

/// <summary>Where archives are, and addresses for one of them and one purpose. No byte of an archive comes through here but its
/// beginning.</summary>
public sealed class BackupBlobs(BlobServiceClient service, IOptions<BackupOptions> options, TimeProvider clock)
{
    public const string Container = "backups";

    private const string ManifestSuffix = ".manifest.json";
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly BlobContainerClient container = service.GetBlobContainerClient(Container);
    private UserDelegationKey? delegation;

    public Task EnsureAsync(CancellationToken ct) => container.CreateIfNotExistsAsync(cancellationToken: ct);

    /// <summary>For a machine: creates the archive and appends to it, and can neither read, list, replace nor delete anything.</summary>
    public Task<Uri> WriteAddressAsync(string deployment, string archive, CancellationToken ct) => AddressAsync(
        options.Value.StoreUri!, Name(deployment, archive), BlobSasPermissions.Create | BlobSasPermissions.Add, options.Value.AddressLifetime, ct);

    /// <summary>For a machine: reads the archive.</summary>
    public Task<Uri> ReadAddressAsync(string deployment, string archive, CancellationToken ct) => AddressAsync(
        options.Value.StoreUri!, Name(deployment, archive), BlobSasPermissions.Read, options.Value.AddressLifetime, ct);

    /// <summary>For a person: reads the archive.</summary>
    public Task<Uri> DownloadAddressAsync(string deployment, string archive, TimeSpan lifetime, CancellationToken ct) =>
        AddressAsync(service.Uri, Name(deployment, archive), BlobSasPermissions.Read, lifetime, ct);

    /// <summary>How large it is and how it begins; null when there is none.</summary>
    public async Task<(long Bytes, byte[] Head)?> LookAsync(string deployment, string archive, CancellationToken ct)
    {
        var blob = container.GetBlobClient(Name(deployment, archive));
        try
        {
            var head = (await blob.DownloadContentAsync(
                new BlobDownloadOptions { Range = new HttpRange(0, AgeHeader.BytesMax) }, ct)).Value;
            var size = long.Parse(head.Details.ContentRange.Split('/')[1], null);
            return (size, head.Content.ToArray());
        }
        catch (RequestFailedException missing) when (missing.Status is 404 or 416)
        {
            return null;
        }
    }

    public Task PutManifestAsync(string deployment, string archive, byte[] manifest, CancellationToken ct) =>
        PutOnceAsync(Name(deployment, archive) + ManifestSuffix, manifest, ct);

    /// <summary>Null when there is none.</summary>
    public async Task<byte[]?> FindManifestAsync(string deployment, string archive, CancellationToken ct)
    {
        try
        {
            return (await container.GetBlobClient(Name(deployment, archive) + ManifestSuffix).DownloadContentAsync(ct)).Value.Content.ToArray();
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The archive and its manifest.</summary>
    /// <returns>False when the store does not let them go yet.</returns>
    public async Task<bool> DeleteAsync(string deployment, string archive, CancellationToken ct) =>
        await DeleteAsync(Name(deployment, archive), ct) & await DeleteAsync(Name(deployment, archive) + ManifestSuffix, ct);

    /// <summary>Archives of a deployment, or of all, with when they were last written to; manifests are not told.</summary>
    public async IAsyncEnumerable<(string Deployment, string Archive, DateTimeOffset At)> ListAsync(
        string? deployment, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var prefix = deployment is null ? null : $"{deployment}/";
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, ct))
        {
            if (blob.Name.Split('/') is [var of, var archive] && !archive.EndsWith(ManifestSuffix, StringComparison.Ordinal))
            {
                yield return (of, archive, blob.Properties.LastModified ?? DateTimeOffset.MaxValue);
            }
        }
    }

    private async Task<bool> DeleteAsync(string name, CancellationToken ct)
    {
        try
        {
            await container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: ct);
            return true;
        }
        catch (RequestFailedException kept) when (kept.ErrorCode == "BlobImmutableDueToPolicy")
        {
            return false;
        }
    }

    /// <summary>What was put before stays.</summary>
    private async Task PutOnceAsync(string name, byte[] content, CancellationToken ct)
    {
        try
        {
            await container.GetBlobClient(name).UploadAsync(
                new BinaryData(content), new BlobUploadOptions { Conditions = new() { IfNoneMatch = ETag.All } }, ct);
        }
        catch (RequestFailedException there) when (there.Status is 409 or 412)
        {
            // By the same step, before.
        }
    }

    private async Task<Uri> AddressAsync(Uri store, string name, BlobSasPermissions permissions, TimeSpan lifetime, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var right = new BlobSasBuilder(permissions, now + lifetime)
        {
            BlobContainerName = Container,
            BlobName = name,
            Resource = "b",
            Protocol = store.Scheme == Uri.UriSchemeHttps ? SasProtocol.Https : SasProtocol.HttpsAndHttp,
        };
        var blob = container.GetBlobClient(name);
        var query = blob.CanGenerateSasUri
            ? blob.GenerateSasUri(right).Query
            : "?" + right.ToSasQueryParameters(await DelegationAsync(now, ct), service.AccountName);
        return new Uri($"{store.ToString().TrimEnd('/')}/{Container}/{name}{query}");
    }

    /// <summary>Where the process has an identity and no key of the account.</summary>
    private async Task<UserDelegationKey> DelegationAsync(DateTimeOffset now, CancellationToken ct)
    {
        var end = now + options.Value.AddressLifetime + Skew;
        if (delegation is not { } known || known.SignedExpiresOn < end)
        {
            delegation = known = (await service.GetUserDelegationKeyAsync(now - Skew, now + TimeSpan.FromDays(2), ct)).Value;
        }

        return known;
    }

    private static string Name(string deployment, string archive) => $"{deployment}/{archive}";
}
