using Azure.Core;
using Azure.Storage.Blobs;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Backups;

/// <summary>The account that backups are in.</summary>
public static class BackupStorage
{
    /// <summary>Where the process has an identity, backups have an account of their own; with a key there is only the one.</summary>
    public static BlobServiceClient Of(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<StorageOptions>>().Value.HasKey
            ? provider.GetRequiredService<BlobServiceClient>()
            : new(provider.GetRequiredService<IOptions<BackupOptions>>().Value.StoreUri, provider.GetRequiredService<TokenCredential>());
}
