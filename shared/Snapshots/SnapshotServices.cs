using Azure.Core;
using Azure.Storage.Blobs;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Snapshots;

/// <summary>Puts snapshots among the services. Tables, vault and machines are there already.</summary>
public static class SnapshotServices
{
    public static IServiceCollection AddSnapshots(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SnapshotOptions>().Bind(configuration.GetSection(SnapshotOptions.Section))
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SnapshotBlobs>(provider, Store(provider)));
        services.AddSingleton<ControlPlaneSnapshots>();
        services.AddSingleton<SnapshotRestore>();
        return services.AddSingleton<Losses>();
    }

    /// <summary>Where bots' archives are.</summary>
    public static BlobServiceClient Store(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<StorageOptions>>().Value is { HasKey: true } storage
            ? storage.Blobs(provider.GetRequiredService<TokenCredential>())
            : new(provider.GetRequiredService<IOptions<BackupOptions>>().Value.StoreUri, provider.GetRequiredService<TokenCredential>());
}
