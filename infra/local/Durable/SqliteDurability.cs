using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Launchpad.Durable;

public static class SqliteDurability
{
    /// <summary>What host.json calls it: extensions.durableTask.storageProvider.type.</summary>
    public const string Name = "Sqlite";

    /// <summary>Offers the store to the durable extension, which takes it when host.json says so.</summary>
    public static IServiceCollection Add(IServiceCollection services, SqliteStoreOptions options) => services
        .AddSingleton(provider => new SqliteOrchestrationService(options, provider.GetRequiredService<ILoggerFactory>()))
        .AddSingleton<IDurabilityProviderFactory, SqliteDurabilityProviderFactory>();
}

internal sealed class SqliteDurabilityProviderFactory : IDurabilityProviderFactory
{
    /// <summary>Workers whose entities are dispatched apart; functions inside of the host take them for orchestrations.</summary>
    private static readonly string[] WithEntitiesApart = ["dotnet-isolated", "java", "custom"];

    private readonly SqliteDurabilityProvider? provider;

    public SqliteDurabilityProviderFactory(
        IOptions<DurableTaskOptions> extension, INameResolver names, SqliteOrchestrationService service)
    {
        var options = extension.Value;
        if (!options.StorageProvider.TryGetValue("type", out var type)
            || !string.Equals(type as string, SqliteDurability.Name, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        // The extension reads them as well, and wants them to be there.
        var entities = service.EntityBackendProperties;
        service.MaxConcurrentTaskActivityWorkItems = options.MaxConcurrentActivityFunctions ??= service.MaxConcurrentTaskActivityWorkItems;
        service.MaxConcurrentTaskOrchestrationWorkItems =
            options.MaxConcurrentOrchestratorFunctions ??= service.MaxConcurrentTaskOrchestrationWorkItems;
        entities.MaxConcurrentTaskEntityWorkItems = options.MaxConcurrentEntityFunctions ??= entities.MaxConcurrentTaskEntityWorkItems;
        entities.MaxEntityOperationBatchSize = options.MaxEntityOperationBatchSize ??= entities.MaxEntityOperationBatchSize;
        entities.UseSeparateQueueForEntityWorkItems =
            WithEntitiesApart.Contains(names.Resolve("FUNCTIONS_WORKER_RUNTIME"), StringComparer.OrdinalIgnoreCase);
        service.SessionIdle = options.ExtendedSessionsEnabled
            ? TimeSpan.FromSeconds(Math.Max(0, options.ExtendedSessionIdleTimeoutInSeconds))
            : null;
        provider = new(service);
    }

    public string Name => SqliteDurability.Name;

    private SqliteDurabilityProvider Provider => provider
        ?? throw new InvalidOperationException($"host.json does not name {Name} as extensions.durableTask.storageProvider.type.");

    public DurabilityProvider GetDurabilityProvider() => Provider;

    /// <summary>There is one store in this process, whatever hub or connection a client names.</summary>
    public DurabilityProvider GetDurabilityProvider(DurableClientAttribute attribute) => Provider;

    /// <summary>The extension knows better what its worker can do.</summary>
    public void SetUseSeparateQueueForEntityWorkItems(bool newValue) => provider?.SetUseSeparateQueueForEntityWorkItems(newValue);
}
