using Launchpad.Durable;
using Launchpad.Host.Admin;

namespace Launchpad.Host;

/// <summary>Where the durable engine keeps its state, as host.json says under durableTask.storageProvider.type: in the embedded store, one
/// host to a directory, or in one that many hosts share.</summary>
internal sealed class EngineStore(HostJson json, IConfiguration settings)
{
    private readonly bool _isEmbedded = TypeIn(json).Equals(SqliteDurability.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of this host: of all that use a store no two have the same, and the one that comes back to a directory has its
    /// old one.</summary>
    public string HostName => _isEmbedded ? Folder : Guid.NewGuid().ToString();

    /// <summary>The directory of the embedded store; null for one that is shared.</summary>
    public string? EmbeddedIn => _isEmbedded ? Folder : null;

    private string Folder => Path.GetFullPath(settings["Durable:Directory"] is { Length: > 0 } folder
        ? folder
        : Path.Combine(Directory.GetCurrentDirectory(), ".launchpad", "durable"));

    /// <summary>The extension's own name of a store, and its default.</summary>
    public static string TypeIn(HostJson json) => json.Values["extensions:durableTask:storageProvider:type"] ?? "AzureStorage";

    public void AddTo(IServiceCollection services)
    {
        if (_isEmbedded)
        {
            SqliteDurability.Add(services, new SqliteStoreOptions
            {
                Directory = Folder,
                StopAfterEvent = settings["Durable:StopAfterEvent"],
            });
        }
    }

    public static void AddAdministration(IServiceCollection services, IServiceProvider engine)
    {
        if (engine.GetService<SqliteOrchestrationService>() is { } store)
        {
            services.AddSingleton(store).AddSingleton<BackupApi>();
        }
    }
}
