using Launchpad.Durable;
using Launchpad.Host.Admin;

namespace Launchpad.Host;

/// <summary>Where the durable engine keeps its state, as host.json says under durableTask.storageProvider.type: in the embedded store, one
/// host to a directory, or in one that many hosts share.</summary>
internal sealed class EngineStore(HostJson json, IConfiguration settings)
{
    private readonly bool _isEmbedded = string.Equals(
        json.Values["extensions:durableTask:storageProvider:type"], SqliteDurability.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of this host: of all that use a store no two have the same, and the one that comes back to a directory has its
    /// old one.</summary>
    public string HostName => _isEmbedded ? Folder : Guid.NewGuid().ToString();

    private string Folder => Path.GetFullPath(settings["Durable:Directory"] is { Length: > 0 } folder
        ? folder
        : Path.Combine(Directory.GetCurrentDirectory(), ".launchpad", "durable"));

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
