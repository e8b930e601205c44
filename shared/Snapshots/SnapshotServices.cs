using Launchpad.Shared.Backups;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Launchpad.Shared.Snapshots;

/// <summary>Puts snapshots among the services. Tables, vault and machines are there already.</summary>
public static class SnapshotServices
{
    public static IServiceCollection AddSnapshots(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SnapshotOptions>().Bind(configuration.GetSection(SnapshotOptions.Section))
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SnapshotBlobs>(provider, BackupStorage.Of(provider)));
        services.AddSingleton<ControlPlaneSnapshots>();
        services.AddSingleton<SnapshotRestore>();
        return services.AddSingleton<Losses>();
    }
}
